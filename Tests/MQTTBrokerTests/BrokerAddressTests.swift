import MQTTBroker
import Testing

@Suite struct `A broker's URL` {
    @Test(arguments: [
        ("mqtt://greenhouse", BrokerAddress(host: "greenhouse", port: 1883)),
        ("mqtt://greenhouse:1884/", BrokerAddress(host: "greenhouse", port: 1884)),
        ("MQTTS://broker.example", BrokerAddress(host: "broker.example", port: 8883, isSecured: true)),
        ("mqtt://[::1]:1883", BrokerAddress(host: "::1", port: 1883)),
        ("mqtt://ada@h", BrokerAddress(host: "h", port: 1883, username: "ada")),
        ("mqtt://ada:@h", BrokerAddress(host: "h", port: 1883, username: "ada", password: "")),
        (
            "mqtt://a%40b:p%3Aw%2F%C3%A4@h:1",
            BrokerAddress(host: "h", port: 1, username: "a@b", password: "p:w/ä")
        ),
        ("mqtt://u:p@ss:word@h", BrokerAddress(host: "h", port: 1883, username: "u", password: "p@ss:word")),
    ])
    func `is read`(url: String, address: BrokerAddress) throws {
        #expect(try BrokerAddress(url: url) == address)
    }

    @Test(arguments: [
        ("greenhouse:1883", "a broker URL begins with mqtt:// or mqtts://"),
        ("http://h", "\"http://\" is no broker URL; use mqtt:// or mqtts://"),
        ("mqtt://", "the broker URL names no host"),
        ("mqtt://:1883", "the broker URL names no host"),
        ("mqtt://h:0", "the port \"0\" is no number from 1 to 65535"),
        ("mqtt://h:65536", "the port \"65536\" is no number from 1 to 65535"),
        ("mqtt://h:+5", "the port \"+5\" is no number from 1 to 65535"),
        ("mqtt://h:", "the port \"\" is no number from 1 to 65535"),
        ("mqtt://h/topic", "a broker URL ends after the port; it has \"/\" after the host"),
        ("mqtt://h:1?x=1", "a broker URL ends after the port; it has \"?\" after the host"),
        ("mqtt://[::1", "the IPv6 address lacks its closing bracket"),
        ("mqtt://[::1]1883", "after \"]\" comes the port or nothing, not \"1883\""),
        ("mqtt://@h", "the user name before \"@\" is empty"),
        ("mqtt://u:secret%2@h", "\"%\" in the password is not followed by two hexadecimal digits; write %25"),
        ("mqtt://u:%FF@h", "the password, percent-decoded, is not text"),
        ("mqtt://u:%00@h", "the password, percent-decoded, is not text"),
    ])
    func `is refused with the part that is wrong`(url: String, reason: String) {
        #expect(throws: BrokerAddressError.self) { try BrokerAddress(url: url) }
        do {
            _ = try BrokerAddress(url: url)
        } catch {
            #expect(error.description == reason)
        }
    }

    @Test func `never shows its password`() throws {
        let options = try BrokerOptions(url: "mqtts://ada:hunter2@h")
        var dumped = ""
        dump(options, to: &dumped)
        dump(options.address, to: &dumped)
        let shown = "\(options) \(options.address) \(String(reflecting: options)) \(dumped)"
        #expect(!shown.contains("hunter2"))
        #expect(options.address.description == "mqtts://ada:***@h:8883")
    }
}
