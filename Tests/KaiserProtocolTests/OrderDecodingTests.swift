import KaiserProtocol
import Testing
import TwinCore

/// What a server says to devices, heard.
@Suite struct OrderDecodingTests {
    private static let address = DeviceAddress(kaiser: .god, device: DeviceID("ESP_7C19F2")!)
    private static let broadcast = "kaiser/broadcast/emergency"

    private func order(_ topic: String, _ payload: String, isRetained: Bool = false) throws -> ServerOrder {
        try order(topic, Array(payload.utf8), isRetained: isRetained)
    }

    private func order(_ topic: String, _ payload: [UInt8], isRetained: Bool = false) throws -> ServerOrder {
        let topic = topic.hasPrefix("kaiser/") ? topic : base + topic
        let decoded = try decode(bytes: Array(topic.utf8), payload, isRetained: isRetained)
        guard case .order(let order) = decoded else { throw Refusal(.unknownTopic, "\(decoded)") }
        #expect(order.topic == topic && order.isRetained == isRetained)
        return order
    }

    private func command(_ payload: String, on topic: String = "actuator/26/command") throws -> CommandHeard? {
        guard case .actuatorCommand(Self.address, GPIO(26)!, let command) = try order(topic, payload).content else {
            throw Refusal(.unknownTopic, "no command")
        }
        return command
    }

    @Test func `a command tells its id, its issuer and whether it energises`() throws {
        let payload = """
            {"command":"PWM","value":0.4,"duration":0,"correlation_id":"c-89","intent_id":"i-1","issued_by":"logic:fan"}
            """
        #expect(
            try command(payload) == CommandHeard(id: CommandID("c-89"), energises: true, issuedBy: "logic:fan"))
        #expect(
            try command(#"{"command":"off","intent_id":"i-1"}"#)
                == CommandHeard(id: CommandID("i-1"), energises: false, issuedBy: nil))
        let long = String(repeating: "x", count: 64)
        #expect(try command(#"{"command":"ON","correlation_id":"\#(long)"}"#)?.id == nil)
        #expect(try command(#"{"command":"ON","correlation_id":5,"issued_by":"a\u0000b"}"#)?.issuedBy == "a b")
    }

    @Test(arguments: [
        (#"{"command":"ON"}"#, true), (#"{"command":"ON","value":0}"#, true), (#"{"command":"TOGGLE"}"#, true),
        (#"{"command":"PWM","value":0.0}"#, false), (#"{"command":"PWM"}"#, true), (#"{"command":" Off "}"#, false),
        (#"{"command":"OFF","action":"on"}"#, true), (#"{"action":"off"}"#, false), (#"{"command":"nonsense"}"#, true),
        (#"{"action":"set","value":1}"#, true), (#"{"action":"set","value":0}"#, false),
        (#"{"action":"set","value":false}"#, false), (#"{"command":1}"#, true), ("{}", true),
    ])
    func `only what is plainly off does not energise`(payload: String, energises: Bool) throws {
        #expect(try command(payload)?.energises == energises)
        #expect(try command(payload, on: "actuator/26/set")?.energises == energises)
    }

    @Test(arguments: ["not JSON", "[]", #"{"command":"OFF""#, #"{"command":"ON","command":"OFF"}"#, " "])
    func `a command that cannot be read is told all the same`(payload: String) throws {
        #expect(try command(payload) == nil)
    }

    @Test func `an empty payload erases, whatever the topic`() throws {
        for topic in ["actuator/26/command", "actuator/emergency", Self.broadcast, "kaiser/god/server/claim", "config"]
        {
            let erasure = try order(topic, "", isRetained: true)
            #expect(erasure.content == .erased && !erasure.isMisplaced, "\(topic)")
        }
    }

    @Test func `what the contract shows as a stop is one`() throws {
        let lines = try FixtureLine.all().filter { (154...159).contains($0.number) }
        let heard = try lines.map { try order($0.topic, $0.payload).content }
        let all = StopHeard(device: nil, incident: nil, reason: "", issuedBy: "")
        #expect(
            heard == [
                .stop(StopHeard(device: Self.address, incident: "inc-7", reason: "leak", issuedBy: "")),
                .clear(Self.address, incident: "inc-7"),
                .stop(StopHeard(device: nil, incident: "inc-7", reason: "leak", issuedBy: "mara")),
                .stop(StopHeard(device: nil, incident: nil, reason: "drill", issuedBy: "")),
                .clear(nil, incident: nil), .stop(all),
            ])
    }

    @Test(arguments: [
        "stop!", "{", "[]", "null", "\"clear_emergency\"", "{}", " ", #"{"command":"clear_emergency""#,
        #"{"command":"EMERGENCY_STOP","timestamp":1}"#, #"{"command":"halt"}"#, #"{"command":7}"#, #"{"command":null}"#,
        #"{"command":"clear_emergency","action":"emergency_stop"}"#, #"{"command":"clear_emergency","action":[]}"#,
        #"{"command":"clear_emergency","command":"clear_emergency"}"#, #"{"reason":"clear_emergency"}"#,
        #"{"command":"emergency_stop","reason":5,"incident_correlation_id":[]}"#,
    ])
    func `whatever is not plainly a clearing is a stop`(payload: String) throws {
        for (topic, device) in [(Self.broadcast, nil), ("actuator/emergency", Self.address)] {
            guard case .stop(let stop) = try order(topic, payload).content else {
                Issue.record("\(payload) on \(topic) is no stop")
                continue
            }
            #expect(stop.device == device)
        }
    }

    @Test func `a stop too large to read, or not even text, is a stop`() throws {
        let large = Array(#"{"command":"clear_emergency","x":"\#(String(repeating: "x", count: 70_000))"}"#.utf8)
        for payload in [large, [0xFF, 0x00], [0x00]] {
            let stop = StopHeard(device: nil, incident: nil, reason: "", issuedBy: "")
            #expect(try order(Self.broadcast, payload).content == .stop(stop))
        }
    }

    @Test(arguments: [#"{"command":"clear_emergency"}"#, #"{"action":" CLEAR "}"#, #"{"command":"emergency_clear"}"#])
    func `a clearing says so in good form`(payload: String) throws {
        #expect(try order("actuator/emergency", payload).content == .clear(Self.address, incident: nil))
    }

    @Test func `an order to a device that cannot be is not for everybody`() throws {
        #expect(try order("kaiser/god/esp/esp_1/actuator/emergency", #"{"command":"stop"}"#).content == .other)
        #expect(try order("kaiser/god/esp/ESP_1/actuator/26/command", #"{"command":"ON"}"#).content == .other)
        #expect(try order("actuator/99/command", #"{"command":"ON"}"#).content == .other)
    }

    @Test func `no secret is kept, and texts are bounded`() throws {
        let long = String(repeating: "y", count: 3000)
        let payload =
            #"{"command":"emergency_stop","auth_token":"t0ken","reason":"\#(long)","issued_by":"\#(long)","#
            + #""incident_correlation_id":"\#(long)"}"#
        let heard = try order(Self.broadcast, payload)
        #expect(!"\(heard)".contains("t0ken"))
        guard case .stop(let stop) = heard.content else { throw Refusal(.unknownTopic, "no stop") }
        #expect(stop.reason.utf8.count == 256 && stop.issuedBy.utf8.count == 256 && stop.incident == nil)
        let broken = try order(Self.broadcast, #"{"auth_token":"t0ken","command":"#)
        #expect(!"\(broken)".contains("t0ken"))
    }

    @Test func `a claim of the site is read`() throws {
        let claim = try order(
            "kaiser/god/server/claim", #"{"epoch":7,"instance":"a-1","ts":1777600000}"#, isRetained: true)
        #expect(claim.content == .claim(SiteClaim(epoch: 7, instance: "a-1")))
        #expect(!claim.isMisplaced)
    }

    @Test(arguments: [
        "7", "{}", #"{"epoch":7}"#, #"{"instance":"a"}"#, #"{"epoch":-1,"instance":"a"}"#,
        #"{"epoch":7.0,"instance":"a"}"#, #"{"epoch":"7","instance":"a"}"#, #"{"epoch":7,"instance":""}"#,
        #"{"epoch":7,"instance":"a\n"}"#, #"{"epoch":9007199254740992,"instance":"a"}"#,
        #"{"epoch":true,"instance":"a"}"#,
        #"{"epoch":7,"instance":"\#(String(repeating: "i", count: 65))"}"#,
    ])
    func `a claim that is malformed is none`(payload: String) throws {
        let order = try order("kaiser/god/server/claim", payload, isRetained: true)
        #expect(order.content == .other && !order.isMisplaced)
    }

    @Test func `a kept order is misplaced, a kept status and a live order are not`() throws {
        for topic in ["actuator/26/command", "actuator/emergency", Self.broadcast, "config", "system/command"] {
            #expect(try order(topic, "{}", isRetained: true).isMisplaced, "\(topic)")
            #expect(try !order(topic, "{}").isMisplaced, "\(topic)")
        }
        for topic in ["kaiser/god/server/status", "kaiser/kaiser_02/server/status"] {
            #expect(try !order(topic, "{}", isRetained: true).isMisplaced, "\(topic)")
        }
    }
}
