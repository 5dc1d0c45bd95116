import Testing

@testable import Gateway

@Suite("JSON text")
struct JSONValueTests {
    static let written: [(JSONValue, String)] = [
        (.null, "null"), (true, "true"), (0, "0"), (.number(-0.0), "0"), (.number(2.0), "2"),
        (.number(0.1), "0.1"), (.number(1e300), "1e+300"), (.number(.infinity), "null"), (.number(.nan), "null"),
        (.integer(.min), "-9223372036854775808"), ("a\"b\\c\u{0}\u{1f}\n\r\té😀", #""a\"b\\c\u0000\u001f\n\r\té😀""#),
        ([], "[]"), ([1, "x", .null], #"[1,"x",null]"#), (["b": 1, "a": ["c": []]], #"{"b":1,"a":{"c":[]}}"#),
    ]

    @Test(arguments: written)
    func valuesAreWritten(value: JSONValue, text: String) { #expect(value.text == text) }

    @Test func whatIsWrittenIsReadBack() throws {
        let value: JSONValue = [
            "a": [.null, true, false, 1, 2.5, "text \u{2028} \" \\"], "b": ["c": ["d": []], "e": .integer(.max)],
            "f": .number(1e-300),
        ]
        #expect(try JSONValue(parsing: value.text) == value)
    }

    @Test func aTruthValueIsNoNumber() throws {
        let body = try JSONValue(parsing: #"{"a":true,"b":1,"c":2.0,"d":2.5,"e":"1"}"#)
        #expect(body["a"]?.asNumber == nil)
        #expect(body["b"]?.asInteger == 1)
        #expect(body["c"]?.asInteger == 2)
        #expect(body["d"]?.asInteger == nil)
        #expect(body["e"]?.asNumber == nil)
    }
}
