import Testing

@testable import doppel

@Suite struct BrokerChoiceTests {
    @Test func anAddressIsShownWithoutItsPassword() throws {
        let choice = try #require(BrokerChoice("mqtt://u:p%40@h:2"))
        #expect(choice.redacted.contains("h:2"))
        #expect(!choice.redacted.contains("p%40") && !choice.redacted.contains("p@"))
    }

    @Test(arguments: [
        "", "h", "http://h", "mqtt://", "mqtt://h:", "mqtt://h:0", "mqtt://h:65536", "mqtt://h:x", "mqtt://u:p@",
        "mqtt://:p@h", "mqtt://h/topic", "mqtt://[::1", "mqtt://[::1]x", "mqtt://u:%zz@h", "mqtt://a b", "Embedded",
    ])
    func anythingElseIsRefused(text: String) { #expect(BrokerChoice(text) == nil) }

    @Test func embeddedIsAWordOfItsOwn() { #expect(BrokerChoice("embedded") == .embedded) }
}
