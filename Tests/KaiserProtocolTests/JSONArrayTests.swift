import KaiserProtocol
import Testing
import TwinCore

@Suite struct JSONArrayTests {
    private static let bytes = Array(
        #"{"list":[4,"t\u0065xt",{"a":{"b":[1]},"c":7},null,[1,2],4.0,"°"],"no":7,"nil":null}"#.utf8)

    private func array(_ key: JSONKey, maximum: Int = 7) throws(Refusal) -> JSONArray? {
        try JSONObject(Self.bytes.span).array(key, maximum: maximum, in: Self.bytes.span)
    }

    @Test func `each element is read as what it is`() throws {
        let array = try #require(try array("list"))
        #expect(array.count == 7)
        #expect(try array.integer(0, 0...9, in: Self.bytes.span) == 4)
        #expect(try array.text(1, in: Self.bytes.span) == "text")
        #expect(try array.object(2, in: Self.bytes.span).integer("c", 0...9, in: Self.bytes.span) == 7)
        #expect(
            try array.object(2, in: Self.bytes.span).object("a", in: Self.bytes.span)?.contains(
                "b", in: Self.bytes.span) == true)
        #expect(try array.text(6, in: Self.bytes.span) == "°")
    }

    @Test func `an element of another type is refused by its place`() throws {
        let array = try #require(try array("list"))
        #expect(throws: Refusal(.wrongType, "list[1] must be a whole number, not text")) {
            try array.integer(1, 0...9, in: Self.bytes.span)
        }
        #expect(throws: Refusal(.wrongType, "list[5] must be a whole number, not a number")) {
            try array.integer(5, 0...9, in: Self.bytes.span)
        }
        #expect(throws: Refusal(.outOfRange, "list[0] is 4, not 5 to 9")) {
            try array.integer(0, 5...9, in: Self.bytes.span)
        }
        #expect(throws: Refusal(.wrongType, "list[3] must be an object, not null")) {
            try array.object(3, in: Self.bytes.span)
        }
        #expect(throws: Refusal(.wrongType, "list[4] must be text, not an array")) {
            try array.text(4, in: Self.bytes.span)
        }
    }

    @Test func `a member that is no array is absent or refused`() throws {
        #expect(try array("nil") == nil)
        #expect(try array("missing") == nil)
        #expect(throws: Refusal(.wrongType, "no must be an array, not a whole number")) { try array("no") }
    }

    @Test func `the number of elements is bounded`() throws {
        #expect(throws: Refusal(.tooLarge, "list: more than 6 elements")) { try array("list", maximum: 6) }
    }
}
