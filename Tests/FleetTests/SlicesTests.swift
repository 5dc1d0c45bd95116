import KaiserProtocol
import Testing

@testable import Fleet

@Suite struct SlicesTests {
    private func elements(_ json: String, _ name: String = "a") -> [String]? {
        let bytes = Array(json.utf8)
        let slices = JSONSlices(bytes)
        guard let place = slices.member(name) else { return nil }
        return slices.elements(of: place).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    @Test(arguments: [
        (#"{"a":[]}"#, []),
        (#"{ "a" : [ ] }"#, []),
        (#"{"b":{"a":[9]},"a":[1, {"x":[2,"]"]} ,"y\"}" , true]}"#, ["1", #"{"x":[2,"]"]}"#, #""y\"}""#, "true"]),
        ("{\"c\":\"a\",\n\"a\":[[1,2],null]\t}", ["[1,2]", "null"]),
    ])
    func findsTheElementsOfAnArray(json: String, expected: [String]) { #expect(elements(json) == expected) }

    @Test func findsNothingWhereNothingIs() {
        #expect(elements("{}") == nil)
        #expect(elements(#"{"b":[1]}"#) == nil)
    }

    @Test func readsNestedMembersAndListsOfNumbers() {
        let bytes = Array(#"{"n":{"t":"x","i":[1, 2]},"m":[1,2.5],"s":"n"}"#.utf8)
        guard let payload = ReceivedPayload(bytes), let nested = payload.nested("n") else {
            Issue.record("the payload or its nested object is not found")
            return
        }
        let (text, numbers) = (nested.text("t"), nested.integers("i"))
        #expect(text == "x" && numbers == [1, 2])
        let (mixed, elements) = (payload.integers("m"), payload.elements("s"))
        #expect(mixed == nil && elements == nil)
        if payload.nested("s") != nil { Issue.record("a text is taken for an object") }
    }
}
