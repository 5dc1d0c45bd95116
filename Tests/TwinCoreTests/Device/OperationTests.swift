import Testing
import TwinCore

@Suite struct OperationTests {
    private static let pin = GPIO.pin(34)

    private func measured(_ request: String, _ isSuccess: Bool = true, _ reason: String = "NONE") -> DeviceMessage {
        .measured(
            MeasureAnswer(
                gpio: Self.pin, request: request, isSuccess: isSuccess, reason: reason, type: "ph", raw: 1990,
                quality: .good))
    }

    private func answer(_ command: String, _ isSuccess: Bool = true, _ error: String = "") -> DeviceMessage {
        .system(SystemAnswer(command: command, isSuccess: isSuccess, error: error, members: [:]))
    }

    @Test func `a measurement is answered by its request's id alone`() throws {
        var device = Device.online
        let kind = Operation.Kind.measure(Self.pin, timeoutMilliseconds: 5_000)
        #expect(
            device.ask("op-1", kind, at: 0) == ["op-1 measure gpio 34 accepted", "-> op-1 measure gpio 34"])
        _ = device.ask("op-2", kind, at: 0)
        #expect(device.sent("op-1", at: 10) == ["op-1 sent"])
        #expect(device.sent("op-1", at: 20) == [])
        #expect(device.hear(measured("m-204"), at: 30) == ["stray measurement m-204"])
        #expect(
            device.hear(measured("op-2"), at: 40) == ["op-2 answered yes quality=good raw=1990.0 sensor_type=ph"])
        #expect(device.hear(measured("op-2"), at: 50) == ["stray measurement op-2"])
        let second = try #require(device.operation("op-2"))
        #expect(second.state == .answered && second.since == .at(40) && second.answer["raw"] == "1990.0")
        _ = device.hear(measured("op-1", false, "MEASURE_TIMEOUT"), at: 60)
        #expect(device.operation("op-1")?.state == .failed)
        #expect(device.operation("op-1")?.detail == "MEASURE_TIMEOUT")
    }

    @Test(arguments: [
        (Operation.Kind.measure(GPIO.pin(34), timeoutMilliseconds: 5_000), Int64(7_000)),
        (.status, 15_000), (.factoryReset, 15_000), (.isolateSubzone("bench_1", isIsolated: true, reason: ""), 15_000),
    ])
    func `an answer is waited for so long`(_ kind: Operation.Kind, _ span: Int64) {
        var device = Device.online
        _ = device.ask("op-1", kind, at: 1_000)
        #expect(device.deadline == 11_000)
        _ = device.sent("op-1", at: 2_000)
        #expect(device.deadline == 2_000 + span)
        #expect(device.tick(at: 1_999 + span) == [])
        #expect(device.tick(at: 2_000 + span) == ["op-1 unanswered"])
        #expect(device.operation("op-1")?.state == .unanswered)
        #expect(device.deadline == 180_000)
    }

    @Test func `what nobody hands over fails`() {
        var device = Device.online
        _ = device.ask("op-1", .status, at: 0)
        #expect(device.tick(at: 10_000) == ["op-1 failed: it was not handed to the broker in time"])
    }

    @Test func `a system command is answered by the oldest of its word`() {
        var device = Device.online
        _ = device.ask("op-1", .diagnostics, at: 0)
        _ = device.ask("op-2", .status, at: 0)
        _ = device.ask("op-3", .status, at: 0)
        #expect(device.hear(answer("status"), at: 10) == ["op-2 answered yes"])
        #expect(device.hear(answer("STATUS", false, "BUSY"), at: 20) == ["op-3 answered no: BUSY"])
        #expect(device.hear(answer("diagnostics"), at: 30) == ["op-1 answered yes"])
        #expect(device.hear(answer("reboot"), at: 40) == ["stray reboot"])
        #expect(device.state.operations.lastStray?.message.command == "reboot")
    }

    @Test func `a scan is answered once, by its result or by the command's answer`() {
        var device = Device.online
        let scan = BusScan(members: [BusScan.Member(rom: "28AA11BB22CC33D4", type: "ds18b20", gpio: .pin(4))])
        _ = device.ask("op-1", .scanOneWire(.pin(5)), at: 0)
        _ = device.ask("op-2", .scanOneWire(nil), at: 0)
        #expect(device.hear(.busScan(scan), at: 10) == ["bus scanned: 1", "op-2 answered yes found_count=1"])
        #expect(device.hear(answer("onewire/scan"), at: 20) == ["op-1 answered yes"])
        #expect(device.hear(answer("onewire/scan"), at: 30) == [])
        #expect(device.hear(answer("onewire/scan"), at: 30_000) == ["stray onewire/scan"])
        #expect(device.state.busScan?.message == scan)
    }

    @Test func `credentials are answered by what the device says of them, and no fact holds the password`() throws {
        var device = Device.online
        let credentials = Credentials(isEnabled: true, username: "tent", password: "12345678", reconnects: true)
        #expect(
            device.ask("op-1", .updateCredentials(credentials), at: 0)
                == ["op-1 connect as tent  accepted", "-> op-1 connect as tent 12345678"])
        let report = CredentialsReport(isSuccess: true, mode: "authenticated", username: "tent")
        #expect(
            device.hear(.credentials(report), at: 10)
                == ["credentials taken", "op-1 answered yes mode=authenticated username=tent"])
    }

    @Test func `an isolation ends by the subzone's status, by a refusal or by the intent's outcome`() {
        let isolate = Operation.Kind.isolateSubzone("bench_1", isIsolated: true, reason: "repair")
        var device = Device.online
        _ = device.ask("op-1", isolate, at: 0)
        #expect(
            device.hear(.subzoneStatus(SubzoneStatus(subzone: "bench_1", isSafe: false)), at: 10)
                == ["subzone bench_1 released"])
        #expect(
            device.hear(.subzoneStatus(SubzoneStatus(subzone: "bench_1", isSafe: true)), at: 20)
                == ["subzone bench_1 isolated", "op-1 answered yes"])
        _ = device.ask("op-2", isolate, at: 100)
        let refusal = SubzoneAnswer(
            status: .error, subzone: "bench_1", errorCode: 2503, reason: "SUBZONE_NOT_FOUND", message: "unknown")
        #expect(device.hear(.subzone(refusal), at: 110) == ["op-2 answered no: SUBZONE_NOT_FOUND: unknown"])
        _ = device.ask("op-3", isolate, at: 200)
        var outcome = IntentOutcome(
            intent: "made-up", flow: "subzone_safe", outcome: .accepted, code: "COMMAND_ACCEPTED", reason: "",
            isRetryable: false, isRecovered: false, clock: DeviceClock(wire: 1_777_600_000))
        #expect(device.hear(.intent(outcome), at: 210) == ["made-up accepted"])
        outcome.outcome = .applied
        #expect(device.hear(.intent(outcome), at: 220) == ["made-up applied", "op-3 answered yes"])
    }

    @Test func `an isolation that nothing confirms says so and claims no success`() {
        var device = Device.online
        _ = device.ask("op-1", .isolateSubzone("bench_1", isIsolated: true, reason: ""), at: 0)
        _ = device.sent("op-1", at: 0)
        _ = device.tick(at: 15_000)
        #expect(device.operation("op-1")?.state == .unanswered)
        #expect(device.operation("op-1")?.detail == "sent; devices do not acknowledge this, and none refused it")
    }

    @Test func `an outcome that names an operation ends it when it failed`() {
        var device = Device.online
        _ = device.ask("op-1", .measure(Self.pin, timeoutMilliseconds: 5_000), at: 0)
        var outcome = IntentOutcome(
            intent: "op-1", flow: "command", outcome: .persisted, code: "NONE", reason: "", isRetryable: false,
            isRecovered: false, clock: DeviceClock(wire: 1_777_600_000))
        #expect(device.hear(.intent(outcome), at: 10) == ["op-1 persisted"])
        outcome.outcome = .rejected
        outcome.code = "QUEUE_FULL"
        #expect(device.hear(.intent(outcome), at: 20) == ["op-1 rejected", "op-1 answered no: QUEUE_FULL"])
    }

    @Test func `what a device tells of its passwords enters no fact`() {
        var device = Device.online
        _ = device.ask("op-1", .readConfiguration, at: 0)
        let dump = SystemAnswer(
            command: "get_config", isSuccess: true, error: "",
            members: [
                "wifi": #"{"ssid":"tent","wifi_password":"hush"}"#, "mqtt_password": "hush", "zone_id": "tent_a",
                "token": "hush", "zz": String(repeating: "x", count: 10_000),
            ])
        #expect(
            device.hear(.system(dump), at: 10) == [
                "op-1 answered yes mqtt_password=hidden token=hidden wifi=hidden zone_id=tent_a"
            ])
        _ = device.hear(.system(dump), at: 20_000)
        #expect(device.state.operations.lastStray?.message.members["mqtt_password"] == "hidden")
    }

    @Test func `after a restart what was under way is waited for whole`() throws {
        var device = Device.online
        _ = device.ask("op-1", .status, at: 1_000)
        _ = device.sent("op-1", at: 1_000)
        _ = device.ask("op-2", .status, at: 90_000)
        device.state.beginRun(at: Moment(time: Moment.at(95_000).time, uptime: Uptime(milliseconds: 0)))
        #expect(device.tick(at: 9_999) == [])
        #expect(device.tick(at: 10_000) == ["op-2 failed: it was not handed to the broker in time"])
        #expect(device.tick(at: 15_000) == ["op-1 unanswered"])
        #expect(try stored(device.state) == device.state)
    }
}
