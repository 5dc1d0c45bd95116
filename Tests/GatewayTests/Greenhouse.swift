import TwinCore
import TwinRuntime

/// A small greenhouse as the gateway's tests see it; the clock stands at 2025-01-31T12:00:00.000Z.
enum Greenhouse {
    static let noon = UnixTime(milliseconds: 1_738_324_800_000)
    static let now = Moment(time: noon, uptime: Uptime(milliseconds: 100_000))
    static let device = DeviceID("ESP_AABB01")!
    static let pump = GPIO(25)!
    static let catalogue = Catalogue(
        sensorKinds: [
            SensorKind(
                name: "sht31_temp", aliases: ["temperature_sht31"], unit: "°C", range: -40...125,
                processing: Processing([.linear(scale: 175.0 / 65535, offset: -45), .offset, .round(decimals: 1)]),
                staleAfterSeconds: 300, calibration: CalibrationRule(methods: [.offset], validDays: 30)),
            SensorKind(
                name: "sht31_humidity", aliases: [], unit: "%RH", range: 0...100,
                processing: Processing([.linear(scale: 100.0 / 65535, offset: 0), .round(decimals: 1)]),
                staleAfterSeconds: 300),
        ],
        actuatorKinds: [
            ActuatorKind(
                name: "pump", semantics: .digital,
                limits: ActuatorLimits(defaultLeaseSeconds: 60, maxOnSeconds: 600, minOffSeconds: 0))
        ])

    /// The moment so many milliseconds before now.
    static func ago(_ milliseconds: Int64) -> Moment {
        Moment(
            time: noon.advanced(byMilliseconds: -milliseconds),
            uptime: Uptime(milliseconds: now.uptime.milliseconds - milliseconds))
    }

    static func clock(_ time: UnixTime) -> DeviceClock { DeviceClock(wire: Double(time.milliseconds)) }

    static func sample(_ raw: Double, value: Double?, unit: String, ago milliseconds: Int64 = 2000) -> Sample {
        Sample(
            raw: raw, value: value, unit: unit, quality: .good, eventTime: ago(milliseconds).time,
            receiptTime: ago(milliseconds - 40).time, claimedTime: ago(milliseconds).time,
            digest: UInt64(milliseconds), isTimely: true)
    }

    static func order(_ verb: CommandOrder.Verb = .on, seconds: Int? = 30) -> CommandOrder {
        CommandOrder(
            id: CommandID("c-1"), verb: verb, value: nil, durationSeconds: seconds, issuedBy: "http:unknown",
            issuedAt: ago(5000).time)
    }

    static let kept = Gate.Evaluation(.latch, bound: "no emergency stop", actual: "none", isKept: true)

    static func record(_ state: CommandState) -> CommandRecord {
        var record = CommandRecord(
            device: device, gpio: pump, order: order(), state: state, refusedBy: nil, evaluations: [kept],
            leaseSeconds: 30)
        record.note("accepted", at: ago(5000).time, "the gate let it pass")
        return record
    }

    static func refusal() -> CommandRecord {
        let broken = Gate.Evaluation(
            .minOffTime, bound: "off for 30 s", actual: "off for 12300 ms", isKept: false,
            retryAfterMilliseconds: 17_700)
        return CommandRecord(
            device: device, gpio: pump, order: order(), state: .refused, refusedBy: .minOffTime,
            evaluations: [kept, broken], leaseSeconds: nil)
    }

    static func incident(_ scope: StopScope = .all) -> Incident {
        Incident(
            id: IncidentID("i-1"), scope: scope, reason: "smoke", issuedBy: "http:127.0.0.1", issuedAt: ago(1000).time)
    }

    /// A device that never sent a heartbeat.
    static func newcomer(_ id: String = "ESP_AABB02") -> TwinView {
        let device = DeviceState(
            address: DeviceAddress(kaiser: .god, device: DeviceID(id)!), isApproved: false, at: ago(9000))
        return view(device, sensors: [], actuators: [], revision: 1)
    }

    /// A device in full work: two sensors on one pin, of which one reports a fault, and a pump that runs.
    static func full() -> TwinView {
        var device = DeviceState(
            address: DeviceAddress(kaiser: .god, device: device), isApproved: true, at: ago(60_000))
        let heartbeat = Heartbeat(
            clock: clock(ago(3000).time), uptimeSeconds: 3600, heapFreeBytes: 210_000, rssiDBm: -61, zone: "north",
            degradations: ["mqtt_degraded"], flags: ["alias:gpio"])
        device.apply(.heartbeat(heartbeat), at: ago(3000))
        device.apply(.cameOnline, at: ago(3000))
        var temperature = SensorState(key: SensorKey(gpio: GPIO(0)!, type: "sht31_temp", address: .i2c(68)))
        temperature.apply(.sampled(sample(26_214.5, value: 25.001, unit: "°C")), at: now)
        var humidity = SensorState(key: SensorKey(gpio: GPIO(0)!, type: "sht31_humidity", address: .i2c(68)))
        humidity.apply(.sampled(sample(32_768, value: 50, unit: "%RH", ago: 4000)), at: now)
        var fault = sample(0, value: nil, unit: "%RH")
        fault.quality = .error
        fault.errorCode = 7
        humidity.apply(.sampled(fault), at: now)
        return view(device, sensors: [temperature, humidity], actuators: [runningPump()], revision: 42)
    }

    static func runningPump() -> ActuatorState {
        var pump = ActuatorState(device: device, gpio: pump, type: "pump")
        pump.apply(.commandAccepted(order(), .on(level: 1), leaseSeconds: 30, [kept]), at: ago(5000))
        pump.apply(.commandSent(CommandID("c-1"), attempt: 1), at: ago(4990))
        pump.apply(.reported(status(.on, level: 255)), at: ago(4500))
        return pump
    }

    static func status(
        _ state: ActuatorStatus.State, level: Int, emergency: EmergencyPhase = .normal
    ) -> ActuatorStatus {
        ActuatorStatus(
            gpio: pump, type: "pump", state: state, level: level, emergency: emergency,
            commandSource: "http:unknown", clock: clock(ago(4500).time))
    }

    static func view(
        _ device: DeviceState, sensors: [SensorState], actuators: [ActuatorState], revision: UInt64
    ) -> TwinView {
        TwinView(
            snapshot: DeviceSnapshot(revision: revision, device: device, sensors: sensors, actuators: actuators),
            moment: now, catalogue: catalogue)
    }
}
