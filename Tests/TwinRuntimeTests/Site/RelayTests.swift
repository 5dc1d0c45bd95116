import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// Relays, and the devices behind them.
@Suite struct RelayTests {
    private func beat(_ stage: Stage, _ relay: String = "kaiser_02", state: String = "online", clients: Int = 3) {
        stage.hear(
            "kaiser/god/relay/\(relay)/heartbeat",
            """
            {"ts":1777600000,"kaiser_id":"\(relay)","uptime":60,"state":"\(state)","mqtt_local_connected":true,\
            "mqtt_remote_connected":true,"relay_clients_count":\(clients)}
            """)
    }

    /// A heartbeat of a device behind a relay.
    private func beat(_ stage: Stage, _ device: DeviceID, behind relay: String) {
        stage.hear(
            "kaiser/\(relay)/esp/\(device)/system/heartbeat",
            """
            {"esp_id":"\(device)","ts":1777600000,"uptime":60,"heap_free":171200,"wifi_rssi":-58,\
            "boot_sequence_id":"b1","active_handover_epoch":3}
            """)
    }

    private func relays(_ stage: Stage) -> [RelayView] { stage.runtime.assumeIsolated { $0.relays() } }

    private func reports(_ stage: Stage) -> Int {
        stage.siteFacts.count { if case .relayReported = $0 { true } else { false } }
    }

    @Test func `a relay's first heartbeat and its changes are kept, the same again is only shown`() throws {
        let stage = try Stage.started()
        beat(stage)
        #expect(reports(stage) == 1)
        stage.pass(milliseconds: 60_000)
        beat(stage, clients: 4)
        #expect(reports(stage) == 1)
        #expect(relays(stage).map(\.heartbeat.clientCount) == [4])
        #expect(relays(stage).map(\.heardAt) == [UnixTime.fixtureNow.advanced(byMilliseconds: 60_000)])
        beat(stage, state: "degraded")
        #expect(reports(stage) == 2)
        #expect(stage.deadLetters.isEmpty)
    }

    @Test func `a relay that flaps is kept once a minute, and what it last was is not missed`() throws {
        let stage = try Stage.started()
        for number in 0..<500 { beat(stage, state: number.isMultiple(of: 2) ? "online" : "degraded") }
        #expect(reports(stage) == 1)
        #expect(relays(stage).map(\.heartbeat.state) == ["degraded"])
        stage.pass(milliseconds: Runtime.relayFactMilliseconds)
        beat(stage, state: "degraded")
        #expect(reports(stage) == 2)
    }

    @Test func `after a restart a relay is known and was not heard yet`() throws {
        let before = try Stage.started()
        beat(before)
        let stage = try Stage.started(on: before.journal.disk, seed: 2)
        #expect(relays(stage).map(\.heartbeat.state) == ["online"])
        #expect(relays(stage).map(\.heardAt) == [nil])
        beat(stage)
        #expect(reports(stage) == 1)
        #expect(relays(stage).map(\.heardAt) == [.fixtureNow])
    }

    @Test func `no more relays are taken in than can be kept, over restarts too`() throws {
        let before = try Stage.started()
        for number in 0..<SiteState.maximumRelays { beat(before, "relay_\(number)") }
        #expect(before.deadLetters.isEmpty)
        let stage = try Stage.started(on: before.journal.disk, seed: 2)
        beat(stage, "one_more")
        #expect(stage.deadLetters.map(\.refusal.reason) == [.tooManyRelays])
        beat(stage, "relay_7")
        #expect(stage.deadLetters.count == 1)
        #expect(relays(stage).count == SiteState.maximumRelays)
    }

    @Test func `devices of several relays live in one runtime, and each is answered behind its own`() throws {
        let stage = try Stage.started()
        beat(stage, .first, behind: "kaiser_02")
        beat(stage, .second, behind: "kaiser_03")
        let acks = stage.broker.publications.map(\.topic).filter { $0.hasSuffix("heartbeat/ack") }
        #expect(
            acks == [
                "kaiser/kaiser_02/esp/ESP_7C19F2/system/heartbeat/ack",
                "kaiser/kaiser_03/esp/ESP_0D44A19C/system/heartbeat/ack",
            ])
        stage.hear(
            "kaiser/kaiser_03/esp/ESP_0D44A19C/actuator/26/status",
            """
            {"esp_id":"ESP_0D44A19C","ts":1777600000,"gpio":26,"type":"pump","state":false,"pwm":0,\
            "emergency":"normal"}
            """)
        stage.broker.forget()
        _ = stage.command(.off, .second)
        stage.operate(.diagnostics, .first)
        _ = stage.stop(.device(.second))
        let topics = stage.broker.publications.map(\.topic)
        #expect(topics.contains("kaiser/kaiser_03/esp/ESP_0D44A19C/actuator/26/command"))
        #expect(topics.contains("kaiser/kaiser_02/esp/ESP_7C19F2/system/command"))
        #expect(topics.contains("kaiser/kaiser_03/esp/ESP_0D44A19C/actuator/emergency"))
    }

    @Test func `below a relay's name the server is announced once for each connection and at the end`() throws {
        let stage = try Stage.started()
        func announced() -> [String] { stage.left().filter { $0.contains(" server ") } }
        beat(stage, .first, behind: "kaiser_02")
        beat(stage, .first, behind: "kaiser_02")
        #expect(announced() == ["kaiser_02 server online"])
        beat(stage, .second, behind: "kaiser_01")
        #expect(announced() == ["kaiser_01 server online"])
        stage.broker.loseControl()
        stage.broker.connect()
        stage.settle()
        #expect(announced() == ["kaiser_01 server online", "kaiser_02 server online"])
        stage.runtime.assumeIsolated { $0.end {} }
        stage.pass(milliseconds: 10_000)
        #expect(announced() == ["kaiser_01 server offline", "kaiser_02 server offline"])
    }

    @Test func `devices of the default relay are not told what the connection itself says`() throws {
        let stage = try Stage.greenhouse()
        stage.beat(.first)
        stage.broker.loseControl()
        stage.broker.connect()
        stage.runtime.assumeIsolated { $0.end {} }
        stage.pass(milliseconds: 10_000)
        #expect(!stage.left().contains { $0.contains(" server ") })
    }

    @Test func `a device that names ever new relays does not make the broker keep ever more`() throws {
        let stage = try Stage.started()
        for number in 0...SiteState.maximumRelays { beat(stage, .first, behind: "relay_\(number)") }
        #expect(
            stage.broker.publications.count { $0.isRetained && $0.topic.hasSuffix("/server/status") }
                == SiteState.maximumRelays)
    }
}
