import TwinCore

/// Events of the parts of a device and of a sensor's calibration, at least one of each case.
enum EveryNestedEvent {
    private static let clock = DeviceClock(wire: 1_790_000_000)
    private static let token = EmergencyToken("s3cret")!
    private static let moment = Moment.at(7)
    private static let probe = SensorWish(name: "bench \"probe\"", temperatureFrom: .probe)
    private static let pump = ActuatorWish(type: "pump", name: "drip", auxiliary: GPIO(12))
    private static let desired = Desired(
        name: "Zelt ⚡️", zone: ZoneWish(id: "tent_a"), subzones: ["b1": SubzoneWish(gpios: [GPIO(4)!])],
        sensors: [.ph: probe], actuators: [GPIO(26)!: pump])
    private static let push = ConfigurationPush(
        sensors: [.init(key: .ph, wish: probe, isActive: true)],
        actuators: [.init(gpio: GPIO(26)!, wish: pump, isActive: false)], generation: 7)
    private static let step = ConfigurationStep(id: CommandID("cfg-1"), issuedAt: .at(1), order: .push(push))
    private static let plan = LibraryTransfer.Plan(
        id: CommandID("lib-1"), request: "r-1", name: "ph_v2", version: "1.2", checksum: .max, byteCount: 2048,
        chunkCount: 2, unpackedCount: 5000)
    private static let operation = Operation(
        id: CommandID("o-1"), kind: .measure(GPIO(34)!, timeoutMilliseconds: 5000), issuedBy: "user:mara",
        issuedAt: .at(3))

    static let health: [HealthEvent] = [
        .diagnosed(Diagnostics(heapFreeBytes: 1, rssiDBm: -70, flags: ["x"])),
        .erred(DeviceError(code: 1040, severity: .critical, category: "HARDWARE", message: "read failed")),
        .pressureChanged(QueuePressure(isUnderPressure: true, fillLevel: 6)),
        .statusReported(StatusReport(systemState: "OPERATIONAL")),
        .safeModeReported(SafeModeReport(isActive: true, reason: "emergency")),
        .credentialsReported(CredentialsReport(isSuccess: true, mode: "authenticated")),
        .subzoneReported(SubzoneStatus(subzone: "b1", isSafe: true)),
    ]

    static let intents: [IntentEvent] = [
        .outcome(
            IntentOutcome(
                intent: "c-1", correlation: nil, flow: "command", outcome: .rejected, code: "SAFETY_LOCKED",
                reason: "stop", isRetryable: false, isRecovered: true, clock: clock)),
        .lifecycle(.configurationPending(ConfigurationPending(isPending: true, isExitBlocked: false, reason: "x"))),
        .lifecycle(.stage(IntentStage(intent: "c-1", flow: "command", stage: "queued", code: "NONE"))),
    ]

    static let configuration: [ConfigurationEvent] = [
        .wished(desired, touched: [.zone], by: "user:mara", revision: 7, validUntil: .at(99)), .stepBegun(step),
        .stepRepeated(step.id, attempt: 2), .stepAccepted(step.id), .stepFailing(step.id, refusal: "busy"),
        .applied([.zone, .sensor(.ph)]),
        .refused(.actuator(GPIO(26)!), "GPIO_CONFLICT"), .stepEnded(step.id, .postponed("no answer")),
        .expired([.subzone("b1")]),
        .zoneReported(id: "tent_a", masterID: ""), .countMismatched(sensors: 3, actuators: nil),
        .strayAnswer(ConfigurationAnswer(status: .error, section: .actuator, message: "no")),
        .strayZoneAnswer(ZoneAnswer(status: .removed, zone: "", masterZone: "", reason: "", message: "")),
        .straySubzoneAnswer(SubzoneAnswer(status: .error, subzone: "b1", reason: "x", message: "")),
    ]

    static let operations: [OperationEvent] = [
        .accepted(operation), .sent(operation.id), .repeated(operation.id),
        .answered(operation.id, isSuccess: true, detail: "", members: ["level": "DEBUG"]),
        .failed(operation.id, "no way"), .unanswered(operation.id),
        .stray(SystemAnswer(command: "status", isSuccess: true, error: "")),
        .strayMeasurement(MeasureAnswer(gpio: GPIO(34)!, request: "m", isSuccess: false, reason: "MEASURE_TIMEOUT")),
    ]

    static let libraries: [LibraryEvent] = [
        .requested(name: "ph_v2", request: "r-1", reason: "x"), .refused(name: "ph_v2", "no such library"),
        .begun(plan), .ready(plan.id), .chunkSent(plan.id, 0, attempt: 1), .chunkAcknowledged(plan.id, 0),
        .completed(plan.id), .chunksMissing(plan.id, [1]), .installed(name: "ph_v2"), .failed(plan.id, "no room"),
        .stray(.installed(name: nil)),
    ]

    /// Those of a device.
    static var device: [DeviceEvent] {
        health.map { .health($0) } + intents.map { .intent($0) } + configuration.map { .configuration($0) }
            + operations.map { .operation($0) } + libraries.map { .library($0) } + [
                .hardwareReported(
                    HardwareReport(board: "ESP32_WROOM", macAddress: "24:0A", ipAddress: "10.7.0.52", firmware: "4.1")),
                .busScanned(BusScan(members: [.init(rom: "28AA11BB22CC33D4", type: "DS18B20", gpio: GPIO(4)!)])),
                .token(.sent(token, .device)), .token(.confirmed(.broadcast)), .token(.refused(.device, "no")),
            ]
    }

    /// Those of a sensor.
    static var sensor: [SensorEvent] {
        let point = CalibrationPoint(raw: 2000, reference: 7, at: .at(1))
        let calibration = Calibration(
            number: 1, method: .ph, points: [point], slope: -5.7, offset: 15.7, isInverted: false, by: "user:mara",
            at: .at(2))
        let events: [CalibrationEvent] = [
            .begun(.ph, isInverted: false, by: "user:mara"), .pointTaken(point), .pointDropped(index: 0),
            .applied(calibration), .abandoned(by: "user:mara"), .expired, .removed(by: "user:mara"),
        ]
        return events.map { .calibration($0) } + [
            .registersReported(BoschWords(temperature: .init(t1: .max, t2: .min, t3: -1000))),
            .reprocessed(
                Reprocessing(
                    from: .at(1), to: .at(2), examined: 10, changed: 9, model: ModelStamp(version: 7, calibration: 1),
                    by: "user:mara")),
        ]
    }
}
