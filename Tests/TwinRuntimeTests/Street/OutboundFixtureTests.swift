import KaiserProtocol
import Testing
import TwinCore

@testable import TwinRuntime

/// What the runtime sends, against the contract's examples of what devices obey: topic, quality of service, retaining,
/// and every member by name, JSON type and value.
@Suite struct OutboundFixtureTests {
    /// What Doppel never sends: an old spelling that only devices know, and a topic that they do not subscribe to.
    private static let neverSent: Set<Int> = [157, 168]
    /// What the connection itself says, as its birth and its last will, and not the runtime.
    private static let said: Set<Int> = [173, 174]

    @Test func `every example has its counterpart`() throws {
        let valid = try FixtureLine.all().filter { !$0.isFromDevice && $0.isValid }.map(\.number)
        let played = OutboundExample.all.map(\.line)
        #expect(Set(played).count == played.count)
        #expect(Set(valid) == Set(played).union(Self.neverSent).union(Self.said))
    }

    private func verify(
        _ line: FixtureLine, _ topic: String, _ payload: [UInt8], qos: UInt8, isRetained: Bool,
        missing: Set<String> = [], extra: Set<String> = [], own: Set<String> = []
    ) throws {
        #expect(topic == line.topic, line.note)
        #expect(Int(qos) == line.qos, line.note)
        #expect(isRetained == line.isRetained, line.note)
        let example = try JSONValue.read(line.payload.utf8)
        let deviations = example.deviations(
            of: try JSONValue.read(payload), free: OutboundExample.free.union(own), missing: missing, extra: extra)
        #expect(deviations == [], line.note)
    }

    @Test(arguments: OutboundExample.all)
    func `what is sent is what the contract shows`(example: OutboundExample) throws {
        let line = try FixtureLine.number(example.line)
        let sent = try #require(try example.play(), line.note)
        try verify(
            line, sent.topic, sent.payload, qos: sent.qos, isRetained: sent.isRetained, missing: example.missing,
            extra: example.extra, own: example.own)
    }

    @Test func `the server's birth and last will are what the contract shows`() throws {
        let birth = KaiserEncoder.serverStatus(online: true, reason: nil, at: .fixtureNow)
        let will = KaiserEncoder.serverStatus(online: false, reason: "unexpected_disconnect", at: .fixtureNow)
        for (number, message) in [(173, birth), (174, will)] {
            try verify(
                try .number(number), message.topic, message.payload, qos: message.qos, isRetained: message.isRetained)
        }
    }

    @Test func `devices behind a relay are told of the server in the same words`() throws {
        let stage = try Stage.started()
        stage.hear(
            "kaiser/kaiser_02/esp/ESP_7C19F2/system/heartbeat",
            "{\"esp_id\":\"ESP_7C19F2\",\"ts\":1777600000,\"uptime\":60,\"heap_free\":171200,\"wifi_rssi\":-58}")
        let sent = try #require(stage.last("server/status"))
        #expect(sent.topic == "kaiser/kaiser_02/server/status")
        try verify(
            try .number(173), "kaiser/god/server/status", sent.payload, qos: sent.qos, isRetained: sent.isRetained)
    }

    @Test func `a factory reset is confirmed, without which a device refuses it`() throws {
        let stage = try Stage.greenhouse()
        stage.operate(.factoryReset)
        let sent = try #require(stage.last("system/command"))
        let example = try JSONValue.read(try FixtureLine.number(161).payload.utf8)
        let deviations = example.deviations(
            of: try JSONValue.read(sent.payload), free: OutboundExample.free, missing: [], extra: [])
        #expect(deviations == ["confirm is unknown"])
        #expect(sent.member("confirm") == "true")
    }

    @Test func `nothing but the server's status and the erasure of a will is retained`() throws {
        for example in OutboundExample.all {
            let sent = try #require(try example.play())
            #expect(!sent.isRetained, Comment(rawValue: sent.topic))
        }
    }
}
