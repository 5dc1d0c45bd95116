import Testing
import TwinCore

@testable import TwinRuntime

@Suite struct StopTests {
    private func lines(_ stage: Stage) -> [String] {
        stage.report.lines.map { "\($0.device)/\($0.gpio.map(\.description) ?? "-") \($0.standing.rawValue)" }
    }

    @Test func `a stop of everything is broadcast, said to each device and to each output`() throws {
        let stage = try Stage.greenhouse()
        let reply = stage.stop(.all)
        #expect(
            stage.left() == [
                "all stop", "ESP_0D44A19C stop", "ESP_0D44A19C/26 OFF", "ESP_0D44A19C/25 OFF", "ESP_7C19F2 stop",
                "ESP_7C19F2/26 OFF", "ESP_7C19F2/25 OFF",
            ])
        #expect(try reply.value?.get().incidents.count == 1)
        for device in [DeviceID.first, .second] {
            #expect(try stage.command(.on, device).value?.get().refusedBy == .latch)
        }
    }

    @Test func `a stop of one device leaves the other alone`() throws {
        let stage = try Stage.greenhouse()
        let other = stage.twin(.second)
        _ = stage.stop(.device(.first))
        #expect(stage.left().allSatisfy { $0.hasPrefix("ESP_7C19F2") })
        #expect(stage.twin(.second) == other)
        #expect(try stage.command(.on, .first).value?.get().refusedBy == .latch)
        #expect(try stage.command(.on, .second).value?.get().state == .accepted)
        #expect(stage.left() == ["ESP_0D44A19C/26 ON"])
    }

    @Test func `a stop ends what is energised`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.command(.on, seconds: 60)
        _ = stage.stop(.all)
        #expect(stage.output()?.lastCommand?.state == .stopped)
        #expect(stage.output()?.lease == nil)
    }

    @Test func `a device that returns is stopped before its heartbeat is answered`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.device(.first))
        stage.hear(from: .first, "system/will", "{\"status\":\"offline\",\"esp_id\":\"ESP_7C19F2\",\"timestamp\":0}")
        stage.pass(milliseconds: 300_000)
        stage.broker.forget()
        stage.beat(.first)
        #expect(
            stage.left() == [
                "ESP_7C19F2 stop", "ESP_7C19F2/26 OFF", "ESP_7C19F2/25 OFF", "ESP_7C19F2 ack online 3",
                "ESP_7C19F2 erase will",
            ])
    }

    @Test func `a device that joins late is stopped before its heartbeat is answered`() throws {
        let stage = try Stage.started()
        _ = stage.stop(.all)
        stage.broker.forget()
        stage.beat(.first)
        let left = stage.left()
        #expect(left.first == "ESP_7C19F2 stop")
        #expect(left.contains("ESP_7C19F2 ack online 3"))
        #expect(stage.twin()?.device.isStopped == true)
        stage.show(.first, 26, .on)
        #expect(stage.left() == ["ESP_7C19F2/26 OFF"])
    }

    @Test func `a control connection that comes back says every stop again`() throws {
        let stage = try Stage.greenhouse()
        stage.broker.loseControl()
        _ = stage.stop(.all)
        #expect(stage.left() == [])
        stage.broker.connect()
        #expect(
            stage.left() == [
                "all stop", "ESP_0D44A19C stop", "ESP_0D44A19C/26 OFF", "ESP_0D44A19C/25 OFF", "ESP_7C19F2 stop",
                "ESP_7C19F2/26 OFF", "ESP_7C19F2/25 OFF", "claim 1",
            ])
    }

    @Test func `the scoreboard shows how far each output has been seen to obey`() throws {
        let stage = try Stage.greenhouse()
        let third = DeviceID("MOCK_TENT01")!
        stage.beat(third)
        _ = stage.stop(.all)
        #expect(
            lines(stage) == [
                "ESP_0D44A19C/25 unconfirmed", "ESP_0D44A19C/26 unconfirmed", "ESP_7C19F2/25 unconfirmed",
                "ESP_7C19F2/26 unconfirmed", "MOCK_TENT01/- unconfirmed",
            ])
        stage.show(.first, 26, .off, emergency: "active")
        stage.hear(
            from: third, "actuator/emergency/ack",
            "{\"esp_id\":\"MOCK_TENT01\",\"ts\":1777600000,\"outcome\":\"executed\"}")
        stage.hear(
            from: .second, "system/will", "{\"status\":\"offline\",\"esp_id\":\"ESP_0D44A19C\",\"timestamp\":0}")
        #expect(
            lines(stage) == [
                "ESP_0D44A19C/25 offline", "ESP_0D44A19C/26 offline", "ESP_7C19F2/25 unconfirmed",
                "ESP_7C19F2/26 stopped", "MOCK_TENT01/- stopped",
            ])
        #expect(stage.report.count(.offline) == 2)
        stage.show(.first, 26, .on, emergency: "active")
        #expect(lines(stage).contains("ESP_7C19F2/26 unconfirmed"))
    }

    @Test func `the scoreboard lists only what a stop covers`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.device(.first))
        #expect(Set(stage.report.lines.map(\.device)) == [.first])
    }

    @Test func `the scoreboard counts what it does not list and says what a device refuses`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.device(.first))
        stage.hear(from: .first, "actuator/emergency/error", "{\"error\":\"unauthorized\",\"message\":\"bad token\"}")
        #expect(
            stage.report.lines.map(\.evidence)
                == Array(repeating: "the device refuses: unauthorized: bad token", count: 2))
        var report = stage.report
        report.unlisted = [.stopped, .unconfirmed]
        #expect(report.count(.unconfirmed) == 3)
        #expect(report.count(.stopped) == 1)
    }

    @Test func `a stop while commits fail takes effect and says that it is not durable`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        stage.read(.first, raw: 348, seq: 1)
        let reply = stage.stop(.all)
        #expect(stage.left().first == "all stop")
        #expect(try reply.value?.get().isDurable == false)
        #expect(try stage.command(.on, .first).value?.get().refusedBy == .latch)
        stage.journal.mode = .prompt
        stage.pass(milliseconds: 5_000)
        #expect(stage.report.isDurable)
        #expect(try Stage.started(on: stage.journal.disk).report.incidents.count == 1)
    }

    @Test func `a stop whose own commit fails says that it is not durable`() throws {
        let stage = try Stage.greenhouse()
        stage.journal.mode = .failing
        let reply = stage.stop(.all)
        #expect(try reply.value?.get().isDurable == false)
    }

    @Test func `a stop of a device nobody knows is refused`() throws {
        let stage = try Stage.greenhouse()
        let stranger = DeviceID("ESP_FFFFFF")!
        #expect(throws: ServiceError.unknownDevice(stranger)) { try stage.stop(.device(stranger)).value?.get() }
        #expect(stage.report.incidents.isEmpty)
    }

    @Test func `a latch holds in the next run and every device is told again`() throws {
        let before = try Stage.greenhouse()
        _ = before.stop(.all)
        let stage = try Stage.started(on: before.journal.disk)
        #expect(stage.report.incidents == before.report.incidents)
        #expect(
            stage.left().filter { $0.hasSuffix("stop") }.prefix(3) == [
                "all stop", "ESP_0D44A19C stop", "ESP_7C19F2 stop",
            ])
        stage.beat(.first)
        #expect(try stage.command(.on, .first).value?.get().refusedBy == .latch)
    }

    @Test func `a cleared stop restores nothing and waits for each device's own word`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.command(.on, seconds: 3_000)
        _ = stage.stop(.all)
        for device in [DeviceID.first, .second] {
            for gpio in [26, 25] { stage.show(device, gpio, .off, emergency: "active") }
            stage.hear(
                from: device, "actuator/emergency/ack",
                "{\"esp_id\":\"\(device)\",\"ts\":1777600000,\"outcome\":\"executed\"}")
        }
        stage.broker.forget()
        let reply = stage.clear()
        #expect(try reply.value?.get().incidents.isEmpty == true)
        #expect(try reply.value?.get().clearing == [.second, .first])
        #expect(try stage.command(.on, .first).value?.get().refusedBy == .latch)
        stage.pass(milliseconds: 5_499)
        #expect(stage.left() == [])
        stage.pass(milliseconds: 1)
        #expect(stage.left() == ["ESP_0D44A19C clear", "ESP_7C19F2 clear"])
        stage.hear(
            from: .first, "actuator/recovery_confirm",
            "{\"esp_id\":\"ESP_7C19F2\",\"ts\":1777600000,\"state\":\"cleared\",\"command\":\"clear_emergency\"}")
        #expect(stage.report.clearing == [.second])
        #expect(stage.left() == [])
        #expect(stage.output()?.lease == nil)
        #expect(try stage.command(.on, .first, 25, seconds: 10).value?.get().state == .accepted)
        #expect(try stage.command(.on, .second).value?.get().refusedBy == .latch)
    }

    @Test func `a clearing while commits fail is refused`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.all)
        stage.journal.mode = .failing
        stage.read(.first, raw: 348, seq: 1)
        #expect(throws: ServiceError.journalUnavailable("the disk is full")) { try stage.clear().value?.get() }
        #expect(stage.report.incidents.count == 1)
    }

    @Test func `more devices than one turn stops are stopped in several turns`() throws {
        let stage = try Stage.started()
        let count = Runtime.stopsPerTurn + 10
        for number in 0..<count {
            let digits = String(0xA00000 + number, radix: 16).uppercased()
            stage.beat(DeviceID("ESP_\(digits)")!)
        }
        stage.broker.forget()
        _ = stage.stop(.all)
        #expect(stage.left().filter { $0.hasSuffix("stop") }.count == count + 1)
        #expect(stage.twins.allSatisfy { $0.device.isStopped })
    }
}
