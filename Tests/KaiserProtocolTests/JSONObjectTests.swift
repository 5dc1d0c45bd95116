import KaiserProtocol
import Testing
import TwinCore

/// Why a text is refused as a JSON object, or `nil` when it is accepted.
private func refusal(of text: String) -> Refusal.Reason? { refusal(of: Array(text.utf8)) }

private func refusal(of bytes: [UInt8]) -> Refusal.Reason? {
    do {
        _ = try JSONObject(bytes.span)
        return nil
    } catch {
        return error.reason
    }
}

@Suite struct JSONObjectTests {
    @Test(arguments: [
        "{}", " { } ", "{\"a\":1}", "{\"a\":-0}", "{\"a\":0.5e-3}", "{\"a\":1E+2,\"b\":[1,[2,{}],\"x\"]}",
        "\t\r\n{\"a\" : null , \"b\":true,\"c\":false}\n", "{\"\":\"\"}", "{\"a\":{\"a\":{\"a\":1}}}",
        "{\"a\":\"°C € 𝄞 \\u00b0\\ud834\\udd1e\\\"\\\\\\/\\b\\f\\n\\r\\t\"}", "{\"a\":1e-400}",
        "{\"a\":123456789012345678901234567890}",
    ])
    func `a well formed object is accepted`(text: String) { #expect(refusal(of: text) == nil) }

    @Test(arguments: [
        "{", "}", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{,}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{a:1}", "{'a':1}",
        "{\"a\":01}", "{\"a\":-}", "{\"a\":+1}", "{\"a\":.5}", "{\"a\":1.}", "{\"a\":1e}", "{\"a\":1e+}",
        "{\"a\":0x10}",
        "{\"a\":NaN}", "{\"a\":Infinity}", "{\"a\":-Infinity}", "{\"a\":nul}", "{\"a\":True}", "{\"a\":tru",
        "{\"a\":\"b}", "{\"a\":\"\\x\"}", "{\"a\":\"\\u12g4\"}", "{\"a\":\"\\u12", "{\"a\":\"\u{1}\"}",
        "{\"a\":\"\n\"}", "{\"a\":1}{", "{\"a\":1} x", "{\"a\":[1,]}", "{\"a\":[1 2]}", "{\"a\":[", "cleared", " ",
        "\u{FEFF}{}", "{\"a\":1}\0", "{\"a\":-01}", "{\"a\":1//\n}", "{\"a\":[}", "{\"a\":{]}",
    ])
    func `anything else is malformed`(text: String) { #expect(refusal(of: text) == .malformedJSON) }

    @Test(arguments: ["[4,\"ds18b20\",348]", "12", "\"text\"", "null", "true", "[]"])
    func `a value that is no object is refused as such`(text: String) { #expect(refusal(of: text) == .notAnObject) }

    @Test(arguments: ["{\"a\":1e999}", "{\"a\":-1e999}", "{\"b\":[1e309]}", "{\"b\":{\"c\":1.0e400}}"])
    func `a number beyond all finite ones is refused, wherever it stands`(text: String) {
        #expect(refusal(of: text) == .notFinite)
    }

    @Test(arguments: [
        "{\"a\":1,\"a\":1}", "{\"a\":1,\"b\":2,\"a\":3}", "{\"x\":{\"a\":1,\"a\":2}}", "{\"x\":[{\"a\":1,\"a\":2}]}",
        "{\"gpio\":4,\"gp\\u0069o\":5}", "{\"a_key_of_over_eight\":1,\"a_key_of_over_eight\":2}",
        "{\"a_key_of_over_eight\":1,\"a_key_of_over_eigh\\u0074\":2}", "{\"\":1,\"\":2}",
        "{\"x\":{\"p\":1},\"y\":2,\"x\":3}",
    ])
    func `a key that stands twice in one object is refused`(text: String) {
        #expect(refusal(of: text) == .duplicateKey)
    }

    @Test(arguments: [
        "{\"a_key_of_over_eight\":1,\"a_key_of_over_nine\":2}", "{\"a\":{\"b\":1},\"b\":{\"a\":1}}",
        "{\"a_long_key_1\":1,\"a_long_key_2\":2}", "{\"x\":[{\"a\":1},{\"a\":2}]}", "{\"a\":1,\"a\\u0000\":2}",
    ])
    func `keys that only look alike are not duplicates`(text: String) { #expect(refusal(of: text) == nil) }

    @Test(
        arguments: [
            [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80], [0xC2], [0xE2, 0x82], [0xF0, 0x9F, 0x98],
            [0xFF], [0xC2, 0x41],
        ] as [[UInt8]])
    func `bytes that are not UTF-8 are refused, in values and in keys`(bytes: [UInt8]) {
        #expect(refusal(of: Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8)) == .invalidUTF8)
        #expect(refusal(of: Array("{\"".utf8) + bytes + Array("\":1}".utf8)) == .invalidUTF8)
    }

    @Test(arguments: ["\\ud800", "\\udc00", "\\ud800x", "\\ud800\\n", "\\ud800\\u0041", "\\udfff\\ud800"])
    func `a lone surrogate is refused`(escape: String) {
        #expect(refusal(of: "{\"a\":\"\(escape)\"}") == .invalidUTF8)
    }

    @Test func `nesting is bounded`() {
        let fits = JSONObject.maximumDepth - 1
        #expect(refusal(of: "{\"a\":" + nested(fits) + "}") == nil)
        #expect(refusal(of: "{\"a\":" + nested(fits + 1) + "}") == .tooDeep)
        #expect(refusal(of: "{\"a\":" + String(repeating: "[", count: 60_000)) == .tooDeep)
    }

    private func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    @Test func `the number of members is bounded over all objects together`() {
        let most = JSONObject.maximumMembers
        let flat = (0..<most).map { "\"k\($0)\":\($0)" }
        #expect(refusal(of: "{" + flat.joined(separator: ",") + "}") == nil)
        #expect(refusal(of: "{" + flat.joined(separator: ",") + ",\"more\":1}") == .tooLarge)
        let spread = Array(repeating: "{\"a\":1}", count: most).joined(separator: ",")
        #expect(refusal(of: "{\"list\":[\(spread)]}") == .tooLarge)
    }

    @Test func `keys with escapes are bounded in number and length`() {
        let most = JSONObject.maximumEscapedKeys
        let keys = (0...most).map { "\"\\u0061\($0)\":1" }
        #expect(refusal(of: "{" + keys.dropLast().joined(separator: ",") + "}") == nil)
        #expect(refusal(of: "{" + keys.joined(separator: ",") + "}") == .tooLarge)
        let rest = JSONObject.maximumEscapedKeyBytes - 6
        #expect(refusal(of: "{\"\\u0061\(String(repeating: "x", count: rest))\":1}") == nil)
        #expect(refusal(of: "{\"\\u0061\(String(repeating: "x", count: rest + 1))\":1}") == .tooLarge)
    }

    @Test func `size is bounded`() {
        let frame = "{\"a\":\"\"}".utf8.count
        let most = JSONObject.maximumPayloadBytes
        #expect(refusal(of: "{\"a\":\"" + String(repeating: "x", count: most - frame) + "\"}") == nil)
        #expect(refusal(of: "{\"a\":\"" + String(repeating: "x", count: most - frame + 1) + "\"}") == .tooLarge)
        #expect(refusal(of: "") == .emptyPayload)
        let digits = JSONObject.maximumNumberBytes
        #expect(refusal(of: "{\"a\":1\(String(repeating: "0", count: digits - 1))}") == nil)
        #expect(refusal(of: "{\"a\":1\(String(repeating: "0", count: digits))}") == .tooLarge)
    }

    @Test func `every length and offset of a text is scanned to its end`() throws {
        for length in 0...40 {
            for position in 0...length {
                var text = Array(repeating: Character("x"), count: length)
                text.insert("é", at: position)
                let bytes = Array("{\"k\":\"\(String(text))\",\"after\":7}".utf8)
                let object = try JSONObject(bytes.span)
                #expect(try object.text("k", in: bytes.span) == String(text))
                #expect(try object.integer("after", 0...9, in: bytes.span) == 7)
            }
        }
    }

    @Test(arguments: [
        "0", "-0.0", "1", "-1", "0.1", "21.75", "-127.0", "1e22", "1e23", "123456789.123456789", "9007199254740993",
        "1.7976931348623157e308", "5e-324", "2.2250738585072011e-308", "0.000001", "1777599997000", "1e-22", "1e-23",
        "123456789012345678", "1234567890123456789", "4503599627370496.5", "0.1e1", "100e-2",
    ])
    func `a number reads as the nearest double`(text: String) throws {
        let bytes = Array("{\"n\":\(text)}".utf8)
        #expect(try JSONObject(bytes.span).number("n", in: bytes.span) == Double(text))
    }

    @Test func `readers tell absence, null and another type apart`() throws {
        let bytes = Array(
            "{\"n\":null,\"i\":4,\"f\":4.0,\"t\":\"4\",\"b\":true,\"o\":{\"x\":{\"y\":1}},\"h\":1e18}".utf8)
        let object = try JSONObject(bytes.span)
        let range = 0...9
        #expect(try object.integer("missing", range, in: bytes.span) == nil)
        #expect(try object.integer("n", range, in: bytes.span) == nil)
        #expect(try object.integer("i", range, in: bytes.span) == 4)
        #expect(try object.number("i", in: bytes.span) == 4)
        #expect(try object.boolean("b", in: bytes.span) == true)
        #expect(
            try object.object("o", in: bytes.span)?.object("x", in: bytes.span)?.contains("y", in: bytes.span) == true)
        #expect(throws: Refusal(.wrongType, "f must be a whole number, not a number")) {
            try object.integer("f", range, in: bytes.span)
        }
        #expect(throws: Refusal(.wrongType, "t must be a number, not text")) { try object.number("t", in: bytes.span) }
        #expect(throws: Refusal(.wrongType, "b must be a whole number, not a boolean")) {
            try object.integer("b", range, in: bytes.span)
        }
        #expect(throws: Refusal(.outOfRange, "i is 4, not 5 to 9")) { try object.integer("i", 5...9, in: bytes.span) }
        #expect(throws: Refusal(.outOfRange, "h is 1e+18, not 0 to 9")) {
            try object.integer("h", range, in: bytes.span)
        }
    }

    @Test func `a key is found however it is written`() throws {
        let bytes = Array("{\"on\\u0065wire_address\":\"\\u0041\\ud834\\udd1e\"}".utf8)
        #expect(try JSONObject(bytes.span).text("onewire_address", in: bytes.span) == "A𝄞")
        #expect(try JSONObject(bytes.span).text("onewire_addresses", in: bytes.span) == nil)
    }
}

@Suite struct JSONWriterTests {
    @Test func `what is written can be read again`() throws {
        let text = "a\"b\\c\n\r\t\u{0}\u{1F}\u{7F}/°𝄞"
        var inner = JSONWriter()
        inner.member("deep", true)
        var writer = JSONWriter()
        writer.member("text", text)
        writer.member("whole", -5)
        writer.member("number", 0.4)
        writer.member("inner", inner)
        let bytes = writer.finished()
        let object = try JSONObject(bytes.span)
        #expect(try object.text("text", in: bytes.span) == text)
        #expect(try object.integer("whole", -9...9, in: bytes.span) == -5)
        #expect(try object.number("number", in: bytes.span) == 0.4)
        #expect(try object.object("inner", in: bytes.span)?.boolean("deep", in: bytes.span) == true)
        #expect(JSONWriter().finished() == Array("{}".utf8))
    }

    @Test func `a bounded text is cut at a character, escapes counted`() {
        for (text, cut) in [("abcdef", "abcd"), ("ab°°", "ab°"), ("abc°", "abc"), ("abc\n", "abc"), ("\u{1}", "")] {
            var writer = JSONWriter()
            writer.member("t", text, maximum: 4)
            #expect(writer.finished() == Array("{\"t\":\"\(cut)\"}".utf8))
        }
    }
}
