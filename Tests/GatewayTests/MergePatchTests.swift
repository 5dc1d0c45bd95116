import Testing

@testable import Gateway

@Suite("Merge patches (RFC 7396)")
struct MergePatchTests {
    /// The test cases of the standard's appendix A.
    static let appendix = [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#),
        (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
        (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        ("[1,2]", #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        ("{}", #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ]

    @Test(arguments: appendix)
    func theStandardsExamplesComeOutAsItSays(original: String, patch: String, result: String) throws {
        #expect(try JSONValue(parsing: original).merging(JSONValue(parsing: patch)).text == result)
    }

    @Test func membersKeepTheirPlaces() throws {
        let original = JSONValue.object([
            .init(name: "z", value: 1), .init(name: "a", value: 2), .init(name: "m", value: 3),
        ])
        #expect(try original.merging(JSONValue(parsing: #"{"a":9,"b":4,"m":null}"#)).text == #"{"z":1,"a":9,"b":4}"#)
    }
}
