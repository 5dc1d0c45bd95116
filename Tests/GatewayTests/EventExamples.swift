import TwinCore

/// One example of everything that can happen.
enum EventExamples {
    /// A text that no answer and no event may contain.
    static let secret = "s3cret-t0ken"

    static let all = site.map(Event.site) + device.map(Event.device) + sensor + actuator

    private static let token = EmergencyToken(secret)!
    private static let command = CommandID("c-1")
    private static let key = SensorKey(gpio: GPIO(4)!, type: "ds18b20", address: .oneWire("28AA11BB22CC33D4"))
    private static let clock = Greenhouse.clock(Greenhouse.noon)
    private static let alert = ActuatorAlert(gpio: nil, type: "emergency_stop", message: "button", clock: clock)
    private static let response = ActuatorResponse(
        gpio: Greenhouse.pump, command: command, isSuccess: true, message: "ok")

    private static let site: [SiteEvent] = [
        .runStarted(number: 2), .runEnded, .stopLatched(Greenhouse.incident()),
        .stopReleased(IncidentID("i-1"), by: "mara"),
        .catalogueLoaded(CatalogueStamp(digest: "ab", sensorKinds: 2, actuatorKinds: 1)),
        .relayReported(RelayHeartbeat(kaiser: .god, clock: clock, state: "ok")),
        .broadcastTokenChanged(token, by: "mara"),
    ]

    private static let device: [DeviceEvent] =
        [
            .discovered(.god, approved: false), .moved(.god), .approved(by: "mara"), .rejected(by: "mara"),
            .readmitted, .deleted(by: "mara"), .cameOnline, .wentOffline(.silence),
            .heartbeat(Heartbeat(clock: clock, uptimeSeconds: 1, heapFreeBytes: 2, rssiDBm: -3)),
            .metrics(HeartbeatMetrics(counters: ["b": 2, "a": 1])),
            .announced(SessionAnnouncement(epoch: 3, reason: "boot")),
            .will(WillReport(reason: "unexpected_disconnect", isRetained: true)), .willErased, .alerted(alert),
            .stopOrdered(Greenhouse.incident()), .stopRepeated, .stopAcknowledged,
            .clearRequested(IncidentID("i-1"), by: "mara"), .clearSent, .clearRefused("too early"), .cleared,
            .strayResponse(response), .strayEmergency(.recovered(correlation: nil)),
            .hardwareReported(
                HardwareReport(board: "ESP32_WROOM", macAddress: "aa", ipAddress: "10.0.0.9", firmware: "1.2")),
            .busScanned(BusScan(members: [.init(rom: "28AA11BB22CC33D4", type: "DS18B20", gpio: GPIO(4)!)])),
        ] + health.map(DeviceEvent.health) + intents.map(DeviceEvent.intent)
        + configuration.map(DeviceEvent.configuration) + operations.map(DeviceEvent.operation)
        + [.sent(token, .device), .confirmed(.broadcast), .refused(.device, "full")].map(DeviceEvent.token)
        + libraries.map(DeviceEvent.library)
        + [.alarmed(alarm), .quarantined("three failures"), .quarantineLifted(by: "mara")]

    private static let health: [HealthEvent] = [
        .diagnosed(Diagnostics(heapFreeBytes: 1, rssiDBm: -60)),
        .erred(DeviceError(code: 1040, severity: .error, category: "HARDWARE", message: "read failed")),
        .pressureChanged(QueuePressure(isUnderPressure: true)), .statusReported(StatusReport(systemState: "ERROR")),
        .safeModeReported(SafeModeReport(isActive: true, reason: "boot loop")),
        .credentialsReported(CredentialsReport(isSuccess: true, mode: "authenticated", username: "mara")),
        .subzoneReported(SubzoneStatus(subzone: "bench_1", isSafe: true)),
    ]

    private static let intents: [IntentEvent] = [
        .outcome(
            IntentOutcome(
                intent: "c-1", flow: "command", outcome: .rejected, code: "SAFETY_LOCKED", reason: "stop active",
                isRetryable: false, isRecovered: false, clock: clock)),
        .lifecycle(.stage(IntentStage(intent: "c-1", flow: "command", stage: "queued", code: "NONE"))),
    ]

    private static let configuration: [ConfigurationEvent] = [
        .wished(WishTests.full, touched: [.zone], by: "mara", revision: 7, validUntil: nil),
        .stepBegun(
            ConfigurationStep(
                id: CommandID("z-1"), issuedAt: Greenhouse.noon, order: .zone(ZoneWish(id: "tent_a")))),
        .stepFailing(CommandID("z-1"), refusal: "TYPE_MISMATCH"), .stepRepeated(CommandID("z-1"), attempt: 2),
        .stepAccepted(CommandID("z-1")), .applied([.zone]), .refused(.actuator(Greenhouse.pump), "GPIO_CONFLICT"),
        .stepEnded(CommandID("z-1"), .answered), .expired([.sensor(key)]),
        .zoneReported(id: "tent_a", masterID: ""), .countMismatched(sensors: 2, actuators: nil),
        .strayAnswer(
            ConfigurationAnswer(
                status: .error, section: .actuator, message: "x",
                failures: [.init(type: "pump", gpio: Greenhouse.pump, code: "1002", detail: "pin")])),
        .strayZoneAnswer(ZoneAnswer(status: .assigned, zone: "a", masterZone: "", reason: "", message: "")),
        .straySubzoneAnswer(SubzoneAnswer(status: .removed, subzone: "b", reason: "", message: "")),
    ]

    private static let operations: [OperationEvent] = [
        .accepted(
            TwinCore.Operation(
                id: command, kind: .setEmergencyToken(token, .device), issuedBy: "mara", issuedAt: Greenhouse.noon)),
        .sent(command), .repeated(command),
        .answered(command, isSuccess: true, detail: "", members: ["password": secret, "level": "DEBUG"]),
        .failed(command, "offline"), .unanswered(command),
        .stray(SystemAnswer(command: "status", isSuccess: true, error: "", members: ["token": secret])),
        .strayMeasurement(MeasureAnswer(gpio: GPIO(34)!, request: "m-1", isSuccess: true, reason: "NONE")),
    ]

    private static let libraries: [LibraryEvent] = [
        .requested(name: "ph", request: "r-1", reason: "boot"), .refused(name: "ph", "no such library"),
        .begun(
            LibraryTransfer.Plan(
                id: command, request: "r-1", name: "ph", version: "1", checksum: 1, byteCount: 3, chunkCount: 1,
                unpackedCount: 9)),
        .ready(command), .chunkSent(command, 0, attempt: 1), .chunkAcknowledged(command, 0), .completed(command),
        .chunksMissing(command, [0]), .installed(name: "ph"), .failed(command, "no room"),
        .stray(.installed(name: nil)),
    ]

    private static let alarm = SafetyAlarm(.limitBroken, "the tank is empty")

    private static let sensor: [Event] =
        [
            SensorEvent.sampled(Greenhouse.sample(400, value: 25, unit: "°C")), .registersReported(BoschWords()),
            .reprocessed(
                Reprocessing(
                    from: Greenhouse.noon, to: Greenhouse.noon, examined: 2, changed: 1,
                    model: ModelStamp(version: 1, calibration: 0), by: "mara")),
        ].map { .sensor(key, $0) }
        + [
            CalibrationEvent.begun(.offset, isInverted: false, by: "mara"),
            .pointTaken(CalibrationPoint(raw: 1, reference: 2, at: Greenhouse.noon)), .pointDropped(index: 0),
            .applied(
                Calibration(
                    number: 1, method: .offset, slope: 1, offset: 0.5, isInverted: false, by: "mara",
                    at: Greenhouse.noon)),
            .abandoned(by: "mara"), .expired, .removed(by: "mara"),
        ].map { .sensor(key, .calibration($0)) }

    private static let actuator: [Event] = [
        ActuatorEvent.reported(Greenhouse.status(.on, level: 255)), .alerted(alert), .confirmationForgotten,
        .commandAccepted(Greenhouse.order(), .pwm(level: 0.5), leaseSeconds: 30, []),
        .commandRefused(Greenhouse.order(), .latch, [Greenhouse.kept]), .commandSent(command, attempt: 1),
        .commandRetried(command, attempt: 2), .commandAcknowledged(command), .answered(response),
        .commandFinished(command, .superseded(by: CommandID("c-2"))), .leaseEnded(.switchedOff),
        .safeStateOrdered(.leaseExpired), .safeStateRepeated, .safeStateConfirmed, .alarmed(alarm),
        .lockedOut(Lockout(name: "mara", reason: "new seal", seconds: 60, at: Greenhouse.now)),
        .lockoutEnded(.removed(by: "mara")), .effectSeen("flow 2.1 l/min"),
    ].map { .actuator(Greenhouse.pump, $0) }
}
