import TwinCore

/// One event of each case; a new case does not compile until it has its number here.
enum EveryEvent {
    /// How many cases there are: one more than the highest number below.
    static let siteCases = 7
    static let deviceCases = 34
    static let sensorCases = 4
    static let actuatorCases = 18

    static let incident = Incident(
        id: IncidentID("stop-1"), scope: .device(.beta), reason: "smell of smoke", issuedBy: "user:mara",
        issuedAt: .at(3))
    private static let clock = DeviceClock(wire: 1_790_000_000)
    private static let alert = ActuatorAlert(
        gpio: GPIO(5), type: "runtime_protection", message: "an hour is \"enough\"\u{0}\\", clock: clock)
    private static let response = ActuatorResponse(
        gpio: GPIO(5)!, command: CommandID("c-1"), isSuccess: false, message: "Überlast ⚡️", flags: ["late"])
    private static let order = CommandRecord.example("c-1").order
    private static let evaluations = CommandRecord.example("c-1").evaluations

    static let site: [SiteEvent] = [
        .runStarted(number: 3), .runEnded, .stopLatched(incident), .stopReleased(incident.id, by: "user:mara"),
        .catalogueLoaded(CatalogueStamp(digest: "abc", sensorKinds: 10, actuatorKinds: 4)),
        .relayReported(RelayHeartbeat(kaiser: KaiserID("pi_2")!, clock: clock, state: "ONLINE", clientCount: 3)),
        .broadcastTokenChanged(EmergencyToken("s3cret"), by: "user:mara"), .broadcastTokenChanged(nil, by: "user:mara"),
    ]

    static let device: [DeviceEvent] =
        [
            .discovered(.god, approved: false), .moved(KaiserID("pi_2")!), .approved(by: "user:mara"),
            .rejected(by: "user:mara"), .cameOnline, .wentOffline(.will("unexpected_disconnect")),
            .wentOffline(.silence),
            .heartbeat(
                Heartbeat(
                    clock: clock, uptimeSeconds: 60, heapFreeBytes: 180_000, rssiDBm: -61, zone: "", masterZone: nil,
                    sensorCount: 4, bootSequence: "ESP_00000A-b3-r1", activeHandoverEpoch: .max, degradations: ["wifi"])
            ),
            .metrics(HeartbeatMetrics(counters: ["publish_drops": 0, "negative": -1])),
            .announced(SessionAnnouncement(epoch: 2, reason: "boot")),
            .will(WillReport(reason: "unexpected_disconnect", isRetained: true)), .willErased, .alerted(alert),
            .stopOrdered(incident), .stopRepeated, .stopAcknowledged, .clearRequested(incident.id, by: "user:mara"),
            .clearSent, .clearRefused("still hot"), .cleared, .strayResponse(response),
            .strayEmergency(.recovered(correlation: "inc-1")), .readmitted, .deleted(by: "user:mara"),
            .alarmed(SafetyAlarm(.stopUnconfirmed, "gone")), .quarantined("it failed"),
            .quarantineLifted(by: "user:mara"),
        ] + EveryNestedEvent.device

    static let sensor: [(SensorKey, SensorEvent)] =
        [
            (.ph, .sampled(.at(1))),
            (.probe, .sampled(.at(2, raw: 0.1 + 0.2, digest: .max))),
            (.humidity, .sampled(unusual)),
            (SensorKey(gpio: GPIO(4)!, type: "a\u{0}b\\0", address: .none), .sampled(.at(3, unit: "\u{0}\\"))),
            (SensorKey(gpio: GPIO(4)!, type: "a\u{0}c", address: .none), .sampled(.at(3))),
        ] + EveryNestedEvent.sensor.map { (.ph, $0) }

    /// A sample in which everything differs from the usual.
    private static var unusual: Sample {
        Sample(
            raw: -.leastNonzeroMagnitude, value: nil, unit: "", quality: .error, eventTime: .at(-5),
            receiptTime: .at(99), claimedTime: UnixTime(milliseconds: .min), digest: 1 << 63, errorCode: -7,
            isTimely: false, reportedQuality: .poor, model: ModelStamp(version: .max, calibration: .max),
            companionCelsius: -0.5)
    }

    static let actuator: [ActuatorEvent] = [
        .reported(
            ActuatorStatus(
                gpio: GPIO(5)!, type: "pump", state: .pwm, level: 128, runtimeMilliseconds: 1, emergency: .resuming,
                commandSource: "user:mara", clock: clock, flags: ["x"])),
        .alerted(alert), .confirmationForgotten,
        .commandAccepted(order, .pwm(level: 1.0 / 3), leaseSeconds: 30, evaluations),
        .commandRefused(order, .minOffTime, evaluations), .commandSent(order.id, attempt: 1),
        .commandRetried(order.id, attempt: 2), .commandAcknowledged(order.id), .answered(response),
        .commandFinished(order.id, .confirmed), .commandFinished(order.id, .failed("no answer in 10 s")),
        .commandFinished(order.id, .superseded(by: CommandID("c-2"))),
        .commandFinished(order.id, .stopped(incident.id)), .commandFinished(order.id, .expired),
        .leaseEnded(.switchedOff), .safeStateOrdered(.emergencyStop(incident.id)), .safeStateRepeated,
        .safeStateConfirmed, .alarmed(SafetyAlarm(.noEffect, "no flow")),
        .lockedOut(Lockout(name: "user:mara", reason: "belt", seconds: 60, at: .at(3))), .lockoutEnded(.expired),
        .lockoutEnded(.removed(by: "user:mara")), .effectSeen("flow 3.5"),
        .safeStateOrdered(.feeds(OutputAddress(device: .alpha, gpio: GPIO(5)!))),
        .safeStateOrdered(.limitBroken(.sensorGuard)),
    ]

    static func number(_ event: SiteEvent) -> Int {
        switch event {
        case .runStarted: 0
        case .runEnded: 1
        case .stopLatched: 2
        case .stopReleased: 3
        case .catalogueLoaded: 4
        case .relayReported: 5
        case .broadcastTokenChanged: 6
        }
    }

    static func number(_ event: DeviceEvent) -> Int {
        switch event {
        case .discovered: 0
        case .moved: 1
        case .approved: 2
        case .rejected: 3
        case .cameOnline: 4
        case .wentOffline: 5
        case .heartbeat: 6
        case .metrics: 7
        case .announced: 8
        case .will: 9
        case .willErased: 10
        case .alerted: 11
        case .stopOrdered: 12
        case .stopRepeated: 13
        case .stopAcknowledged: 14
        case .clearRequested: 15
        case .clearSent: 16
        case .clearRefused: 17
        case .cleared: 18
        case .strayResponse: 19
        case .strayEmergency: 20
        case .readmitted: 21
        case .deleted: 22
        case .health: 23
        case .hardwareReported: 24
        case .busScanned: 25
        case .intent: 26
        case .configuration: 27
        case .operation: 28
        case .token: 29
        case .library: 30
        case .alarmed: 31
        case .quarantined: 32
        case .quarantineLifted: 33
        }
    }

    static func number(_ event: SensorEvent) -> Int {
        switch event {
        case .sampled: 0
        case .calibration: 1
        case .reprocessed: 2
        case .registersReported: 3
        }
    }

    static func number(_ event: ActuatorEvent) -> Int {
        switch event {
        case .reported: 0
        case .alerted: 1
        case .confirmationForgotten: 2
        case .commandAccepted: 3
        case .commandRefused: 4
        case .commandSent: 5
        case .commandRetried: 6
        case .commandAcknowledged: 7
        case .answered: 8
        case .commandFinished: 9
        case .leaseEnded: 10
        case .safeStateOrdered: 11
        case .safeStateRepeated: 12
        case .safeStateConfirmed: 13
        case .alarmed: 14
        case .lockedOut: 15
        case .lockoutEnded: 16
        case .effectSeen: 17
        }
    }

    /// How many of them are stored as readings.
    static var readings: Int { sensor.count { if case .sampled = $0.1 { true } else { false } } }
    /// The sequence of the first that is, when the first fact has sequence 1.
    static var firstReading: Int { site.count + device.count + 1 }

    /// All of them as facts, in the order of the lists.
    static var facts: [Fact] {
        var events: [Event] = site.map { .site($0) }
        events += device.map { .device($0) }
        events += sensor.map { .sensor($0.0, $0.1) }
        events += actuator.map { .actuator(GPIO(5)!, $0) }
        return events.enumerated().map { index, event in
            let device: DeviceID? = if case .site = event { nil } else { .alpha }
            return Fact(device: device, moment: .at(Int64(index)), event: event)
        }
    }
}
