import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// Emergency stops that others order over MQTT.
@Suite struct HeardStopTests {
    private static let broadcast = "kaiser/broadcast/emergency"
    private static let named = """
        {"command":"emergency_stop","reason":"fire","issued_by":"panel","incident_correlation_id":"p-1"}
        """
    private static let unnamed = "{\"command\":\"emergency_stop\",\"reason\":\"fire\",\"issued_by\":\"panel\"}"

    @Test(arguments: [named, unnamed]) func `a broadcast stop of another server latches everything, once`(
        payload: String
    ) throws {
        let stage = try Stage.greenhouse()
        stage.run()
        stage.overhear(Self.broadcast, payload)
        let left = stage.left()
        #expect(left.first == "all stop")
        #expect(left.contains("ESP_7C19F2/26 OFF"))
        let incident = try #require(stage.report.incidents.first)
        #expect(incident.scope == .all)
        #expect(incident.issuedBy == "mqtt:panel")
        #expect(incident.reason == "fire")
        #expect(try stage.refusal(.second) == .latch)
        stage.hear(Self.broadcast, payload)
        #expect(stage.left() == [])
        #expect(stage.report.incidents == [incident])
        #expect(stage.siteFacts.count { if case .stopLatched = $0 { true } else { false } } == 1)
    }

    @Test func `a name that another server gives to all its stops means another stop each time`() throws {
        let stage = try Stage.greenhouse()
        stage.overhear(Self.broadcast, Self.named)
        _ = stage.clear()
        #expect(stage.report.incidents.isEmpty)
        stage.pass(milliseconds: 11_000)
        stage.overhear(Self.broadcast, Self.named)
        #expect(stage.report.incidents.count == 1)
        _ = stage.clear()
        let next = try stage.restarted()
        next.overhear(Self.broadcast, Self.named)
        #expect(next.report.incidents.count == 1)
    }

    @Test func `one name for many devices stops each of them`() throws {
        let stage = try Stage.greenhouse()
        for device in [DeviceID.first, .second] {
            stage.overhear(
                "kaiser/god/esp/\(device)/actuator/emergency",
                "{\"command\":\"emergency_stop\",\"correlation_id\":\"zone-9\"}")
        }
        #expect(stage.report.incidents.map(\.scope) == [.device(.first), .device(.second)])
        #expect(stage.twins.allSatisfy { $0.device.isStopped })
    }

    @Test func `our own stop that comes back is none of others, also after its clearing and a restart`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.all)
        let said = stage.broker.publications.filter { $0.topic.hasSuffix("emergency") }
        try #require(said.count == 3)
        func repeatAll(_ stage: Stage) {
            for publication in said {
                stage.hear(publication.topic, String(decoding: publication.payload, as: UTF8.self))
            }
        }
        repeatAll(stage)
        #expect(stage.report.incidents.map(\.issuedBy) == ["user:mara"])
        _ = stage.clear()
        repeatAll(stage)
        #expect(stage.report.incidents.isEmpty)
        let next = try stage.restarted()
        repeatAll(next)
        #expect(next.report.incidents.isEmpty)
    }

    @Test func `a stop of one device leaves the other alone`() throws {
        let stage = try Stage.greenhouse()
        stage.overhear("kaiser/god/esp/ESP_7C19F2/actuator/emergency", "{\"command\":\"emergency_stop\"}")
        #expect(stage.left().allSatisfy { $0.hasPrefix("ESP_7C19F2") })
        #expect(stage.report.incidents.map(\.scope) == [.device(.first)])
        #expect(try stage.refusal(.first) == .latch)
        #expect(try stage.refusal(.second) == nil)
    }

    @Test func `a name that no command can bear stops nothing from leaving`() throws {
        let stage = try Stage.greenhouse()
        for length in [40, 128] {
            let name = String(repeating: "x", count: length)
            stage.overhear(
                "kaiser/god/esp/ESP_7C19F2/actuator/emergency",
                "{\"command\":\"emergency_stop\",\"correlation_id\":\"\(name)\"}")
            #expect(stage.left().contains("ESP_7C19F2/26 OFF"))
        }
        #expect(try stage.restarted().twin()?.device.isStopped == true)
    }

    @Test func `a foreign clearing makes the twin say stop again`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.all)
        stage.broker.forget()
        stage.overhear("kaiser/god/esp/ESP_7C19F2/actuator/emergency", "{\"command\":\"clear_emergency\"}")
        #expect(stage.left().first == "ESP_7C19F2 stop")
        #expect(stage.report.incidents.count == 1)
    }

    @Test func `a stop is obeyed while commits fail`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        stage.read(.first, raw: 348, seq: 1)
        stage.overhear(Self.broadcast, "STOP!")
        #expect(stage.left().first == "all stop")
        #expect(try stage.refusal() == .latch)
        stage.journal.mode = .prompt
        stage.pass(milliseconds: 5_000)
        #expect(try stage.restarted().report.incidents.count == 1)
    }
}
