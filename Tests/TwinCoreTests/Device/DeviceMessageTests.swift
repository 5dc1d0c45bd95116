import Testing
import TwinCore

@Suite struct DeviceMessageTests {
    private static let outcome = IntentOutcome(
        intent: "c-1", flow: "command", outcome: .accepted, code: "", reason: "", isRetryable: false,
        isRecovered: false, clock: DeviceClock(wire: 1_777_600_000))
    private static let messages: [DeviceMessage] = [
        .diagnostics(Diagnostics(heapFreeBytes: 1, rssiDBm: -60)),
        .error(DeviceError(code: 1, severity: .info, category: "UNKNOWN", message: "")),
        .queuePressure(QueuePressure(isUnderPressure: false)), .status(StatusReport()),
        .safeMode(SafeModeReport(isActive: false, reason: "")),
        .credentials(CredentialsReport(isSuccess: true, mode: "anonymous")),
        .hardware(HardwareReport(board: "ESP32_WROOM", macAddress: "", ipAddress: "", firmware: "1")),
        .busScan(BusScan()), .intent(outcome),
        .intentLifecycle(.stage(IntentStage(intent: "c-1", flow: "command", stage: "", code: ""))),
        .configuration(ConfigurationAnswer(status: .success, section: .sensor, message: "")),
        .zone(ZoneAnswer(status: .assigned, zone: "", masterZone: "", reason: "", message: "")),
        .subzone(SubzoneAnswer(status: .error, subzone: "a", reason: "", message: "")),
        .subzoneStatus(SubzoneStatus(subzone: "a", isSafe: true)),
        .system(SystemAnswer(command: "status", isSuccess: true, error: "")),
        .measured(MeasureAnswer(gpio: .pin(4), request: "m", isSuccess: true, reason: "NONE")),
        .library(.installed(name: "sht31")), .metrics(HeartbeatMetrics(counters: [:])),
        .sensorBatch([]), .processing(ProcessingRequest(gpio: .pin(4), type: "ph", raw: 1)),
        .actuatorAlert(ActuatorAlert(gpio: nil, type: "x", message: "", clock: DeviceClock(wire: 0))),
    ]

    @Test(arguments: messages.indices)
    func `whatever a device says shows that it is there, and it is told of its stop first`(_ index: Int) {
        var device = Device(status: .offline)
        _ = device.stop(at: 100)
        let lines = device.hear(Self.messages[index], at: 200)
        #expect(lines.prefix(2) == ["online", "stop repeated"])
        #expect(lines.filter { $0.hasPrefix("->") }.first == "-> stop inc-1")
        #expect(device.isReturn)
        #expect(device.state.status == .online)
    }

    @Test func `hardware and buses are kept as last told`() {
        var device = Device.online
        let hardware = HardwareReport(board: "ESP32_WROOM", macAddress: "", ipAddress: "", firmware: "1")
        #expect(device.hear(.hardware(hardware), at: 1) == ["hardware ESP32_WROOM"])
        #expect(device.state.hardware == hardware)
        #expect(device.hear(.busScan(BusScan()), at: 2) == ["bus scanned: 0"])
        #expect(device.state.busScan == Received(BusScan(), at: Moment.at(2).time))
    }

    @Test func `a device that is back settles before it is told differences`() {
        var device = Device.online
        #expect(device.state.returnedAt == .at(0))
        #expect(!device.state.mayBeTold(in: device.context, at: .at(1_999)))
        #expect(device.state.mayBeTold(in: device.context, at: .at(2_000)))
        _ = device.announce(epoch: 2, at: 5_000)
        #expect(!device.state.mayBeTold(in: device.context, at: .at(6_999)))
        _ = device.beat(boot: "b1", at: 7_000)
        #expect(device.state.mayBeTold(in: device.context, at: .at(7_000)))
        _ = device.beat(boot: "b2", at: 8_000)
        #expect(!device.state.mayBeTold(in: device.context, at: .at(9_999)))
        #expect(device.state.mayBeTold(in: device.context, at: .at(10_000)))
    }

    @Test func `a device that is held, stopped or not there is told nothing`() {
        var held = Device.online
        held.context.isHeld = true
        #expect(!held.state.mayBeTold(in: held.context, at: .at(60_000)))
        var stopped = Device.online
        _ = stopped.stop(at: 10)
        #expect(!stopped.state.mayBeTold(in: stopped.context, at: .at(60_000)))
        for status in DeviceStatus.allCases where status != .online {
            let device = Device(status: status)
            #expect(!device.state.mayBeTold(in: device.context, at: .at(60_000)), "\(status)")
        }
    }

    @Test func `a state with everything in it is the same after a trip through its stored form`() throws {
        var device = Device.online
        for (index, message) in Self.messages.enumerated() { _ = device.hear(message, at: Int64(index)) }
        _ = device.ask("op-1", .enterSafeMode, at: 100)
        _ = device.ask("op-2", .setEmergencyToken(EmergencyToken("one")!, .device), at: 100)
        #expect(try stored(device.state) == device.state)
    }
}
