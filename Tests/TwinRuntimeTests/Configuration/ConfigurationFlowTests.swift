import Testing
import TwinCore

@testable import TwinRuntime

/// How a wish reaches its device, and what the answers make of it.
@Suite struct ConfigurationFlowTests {
    private let probe = SensorKey.on(4, "ds18b20")

    /// Wishes a zone, a probe, a pump and a subzone.
    private func wishAll(_ stage: Stage) -> Stage.Answer<ConfigurationOutcome> {
        stage.configure { [probe] desired in
            desired.zone = ZoneWish(id: "tent_a")
            desired.sensors[probe] = SensorWish(name: "bench probe")
            desired.actuators[.pin(26)] = ActuatorWish(type: "pump", name: "drip")
            desired.subzones["bench_1"] = SubzoneWish(gpios: [.pin(4), .pin(26)])
        }
    }

    private func latestID(_ stage: Stage) throws -> String {
        try #require(stage.broker.publications.last?.member("correlation_id"))
    }

    @Test func `a wish is told when the device has settled, the zone first, its parts next, subzones last`() throws {
        let stage = try Stage.greenhouse()
        let outcome = try #require(try wishAll(stage).value?.get())
        #expect(outcome.changed == [.zone, .sensor(probe), .actuator(.pin(26)), .subzone("bench_1")])
        #expect(outcome.view.snapshot.device.configuration.properties[.zone]?.state == .pending)
        stage.pass(milliseconds: DeviceState.settleMilliseconds - 1)
        #expect(stage.left() == [])
        stage.pass(milliseconds: 1)
        #expect(stage.standing(.zone) == .sent)
        #expect(stage.standing(.sensor(probe)) == .pending)
        let zone = try latestID(stage)
        #expect(stage.left() == ["ESP_7C19F2 zone tent_a"])
        stage.answerZone("zone_assigned", "tent_a", zone)
        #expect(stage.standing(.zone) == .applied)
        let push = try latestID(stage)
        #expect(stage.left() == ["ESP_7C19F2 config"])
        stage.answerConfig("sensor", push)
        #expect(stage.standing(.sensor(probe)) == .applied)
        #expect(stage.standing(.actuator(.pin(26))) == .sent)
        #expect(stage.left() == [])
        stage.answerConfig("actuator", push)
        let subzone = try latestID(stage)
        // The device drives the pin as a pump from now on, so nobody knows what that made of it.
        #expect(stage.left() == ["ESP_7C19F2/26 OFF", "ESP_7C19F2 subzone/assign bench_1"])
        stage.show(.first, 26, .off)
        stage.hear(
            from: .first, "subzone/ack",
            """
            {"esp_id":"ESP_7C19F2","status":"subzone_assigned","subzone_id":"bench_1","timestamp":1777600000,\
            "correlation_id":"\(subzone)"}
            """)
        #expect(stage.twin()?.device.configuration.delta == [])
        stage.pass(milliseconds: 120_000)
        #expect(stage.left() == [])
    }

    @Test func `a wish is answered when it is durable and told when that is so`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 5_000)
        stage.journal.mode = .held
        let outcome = stage.configure { $0.zone = ZoneWish(id: "tent_a") }
        #expect(outcome.value == nil)
        #expect(stage.left() == [])
        stage.journal.release()
        stage.settle()
        #expect(try outcome.value?.get().changed == [.zone])
        #expect(stage.left() == ["ESP_7C19F2 zone tent_a"])
    }

    @Test func `a wish for a state that was changed meanwhile is refused, one that only saw older words is not`() throws
    {
        let stage = try Stage.greenhouse()
        let seen = try #require(stage.twin()?.revision)
        #expect(try stage.configure(seen: seen) { $0.name = "bench" }.value?.get().changed == [.name])
        let now = try #require(stage.twin()?.revision)
        let late = stage.configure(seen: seen) { $0.name = "table" }
        #expect(throws: ServiceError.revisionChanged(now)) { try late.value?.get() }
        stage.read(.first, raw: 348, seq: 1)
        #expect(try stage.configure(seen: now) { $0.name = "table" }.value?.get().changed == [.name])
        let last = try #require(stage.twin()?.revision)
        let invented = stage.configure(seen: last + 1) { $0.name = "desk" }
        #expect(throws: ServiceError.revisionChanged(last)) { try invented.value?.get() }
        #expect(stage.twin()?.device.configuration.desired.name == "table")
    }

    @Test func `a rehearsal shows what would be and changes nothing`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 20_000)
        let (before, commits) = (stage.twins, stage.journal.committed.count)
        let outcome = try #require(
            try stage.configure(isRehearsal: true) { $0.zone = ZoneWish(id: "tent_a") }.value?.get())
        #expect(outcome.changed == [.zone])
        #expect(outcome.view.snapshot.device.configuration.desired.zone?.id == "tent_a")
        #expect(outcome.view.snapshot.device.configuration.properties[.zone]?.state == .pending)
        stage.pass(milliseconds: 1_000)
        #expect(stage.twins == before)
        #expect(stage.journal.committed.count == commits)
        #expect(stage.left() == [])
    }

    @Test func `problems of a wish are told and nothing changes`() throws {
        let stage = try Stage.greenhouse()
        let before = stage.twins
        let problems = ConfigurationProblems([])
        let change = ConfigurationChange(
            device: .first, seenRevision: nil, isRehearsal: false, validSeconds: nil, by: "user:mara"
        ) { _ in .failure(problems) }
        let outcome: Stage.Answer<ConfigurationOutcome> = stage.ask { $0.configure(change, $1) }
        #expect(throws: ServiceError.invalidConfiguration(problems)) { try outcome.value?.get() }
        #expect(stage.twins == before)
    }

    @Test func `a refused part is shown with its reason and not told again by itself`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 5_000)
        stage.configure { $0.actuators[.pin(26)] = ActuatorWish(type: "pump", name: "drip") }
        let push = try latestID(stage)
        stage.answerConfig(
            "actuator", push, status: "error",
            more: ",\"error_code\":\"GPIO_CONFLICT\",\"failed_item\":{\"gpio\":26,\"actuator_type\":\"pump\"}")
        guard case .refused(let reason) = stage.standing(.actuator(.pin(26))) else {
            Issue.record("it stands \(String(describing: stage.standing(.actuator(.pin(26)))))")
            return
        }
        #expect(reason.contains("GPIO_CONFLICT"))
        stage.broker.forget()
        for _ in 0..<5 {
            stage.pass(milliseconds: 60_000)
            stage.beat(.first)
        }
        #expect(!stage.left().contains("ESP_7C19F2 config"))
    }

    @Test func `a device that holds another number of parts is told again, after a while`() throws {
        let stage = try Stage.greenhouse()
        stage.pass(milliseconds: 5_000)
        stage.configure { [probe] in $0.sensors[probe] = SensorWish(name: "bench probe") }
        stage.answerConfig("sensor", try latestID(stage))
        func beat(sensors: Int) {
            stage.hear(
                from: .first, "system/heartbeat",
                """
                {"esp_id":"ESP_7C19F2","ts":1777600000,"uptime":60,"heap_free":171200,"wifi_rssi":-58,\
                "boot_sequence_id":"b1","active_handover_epoch":3,"sensor_count":\(sensors)}
                """)
        }
        beat(sensors: 1)
        stage.pass(milliseconds: 44_000)
        stage.broker.forget()
        beat(sensors: 0)
        #expect(stage.left() == ["ESP_7C19F2 ack online 3"])
        stage.pass(milliseconds: 1_000)
        beat(sensors: 0)
        stage.settle()
        #expect(stage.left() == ["ESP_7C19F2 ack online 3", "ESP_7C19F2 config"])
    }
}
