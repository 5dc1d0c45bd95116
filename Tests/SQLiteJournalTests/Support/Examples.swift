import SQLiteJournal
import TwinCore
import TwinRuntime

extension DeviceID {
    static let alpha = DeviceID("ESP_00000A")!
    static let beta = DeviceID("ESP_00000B")!

    static func number(_ number: Int) -> Self { DeviceID("MOCK_\(number)")! }
}

extension Moment {
    static func at(_ milliseconds: Int64) -> Self {
        Moment(
            time: UnixTime(milliseconds: 1_790_000_000_000 + milliseconds), uptime: Uptime(milliseconds: milliseconds))
    }
}

extension UnixTime {
    static func at(_ milliseconds: Int64) -> Self { Moment.at(milliseconds).time }
}

extension SensorKey {
    static let ph = SensorKey(gpio: GPIO(34)!, type: "ph", address: .none)
    static let humidity = SensorKey(gpio: GPIO(0)!, type: "sht31_humidity", address: .i2c(68))
    static let probe = SensorKey(gpio: GPIO(4)!, type: "ds18b20", address: .oneWire("28AA11BB22CC33D4"))
}

extension Sample {
    /// A reading measured at `event`, received 25 ms later.
    static func at(_ event: Int64, raw: Double = 2048, digest: UInt64? = nil, unit: String = "pH") -> Self {
        Sample(
            raw: raw, value: raw / 4096 * 14, unit: unit, quality: .good, eventTime: .at(event),
            receiptTime: .at(event + 25), claimedTime: .at(event), digest: digest ?? UInt64(bitPattern: event) &* 31,
            isTimely: true)
    }
}

extension Fact {
    static func sampled(_ sample: Sample, by key: SensorKey = .ph, of device: DeviceID = .alpha) -> Self {
        let uptime = Uptime(milliseconds: sample.receiptTime.milliseconds % 1_000_000)
        return Fact(
            device: device, moment: Moment(time: sample.receiptTime, uptime: uptime),
            event: .sensor(key, .sampled(sample)))
    }

    static func happened(_ event: DeviceEvent, to device: DeviceID = .alpha, at milliseconds: Int64 = 0) -> Self {
        Fact(device: device, moment: .at(milliseconds), event: .device(event))
    }

    static func site(_ event: SiteEvent, at milliseconds: Int64 = 0) -> Self {
        Fact(device: nil, moment: .at(milliseconds), event: .site(event))
    }
}

extension Batch {
    init(from first: UInt64, _ facts: [Fact] = [], snapshots: [DeviceSnapshot] = []) {
        self.init(firstSequence: first)
        self.facts = facts
        self.snapshots = snapshots
    }
}

extension DeviceSnapshot {
    /// A twin with a heartbeat, four sensors and two actuators, about as large as a real one.
    static func example(_ device: DeviceID = .alpha, revision: UInt64 = 7) -> Self {
        let moment = Moment.at(1_000)
        let state = DeviceState(address: DeviceAddress(kaiser: .god, device: device), isApproved: true, at: moment)
        let sensors = (0..<4).map { index in
            var sensor = SensorState(key: SensorKey(gpio: GPIO(32 + index)!, type: "moisture", address: .none))
            sensor.apply(.sampled(.at(Int64(index), digest: .max - UInt64(index), unit: "%")), at: moment)
            return sensor
        }
        let actuators = (0..<2).map { ActuatorState(device: device, gpio: GPIO(16 + $0)!, type: "pump") }
        return DeviceSnapshot(revision: revision, device: state, sensors: sensors, actuators: actuators)
    }
}

extension DeadLetter {
    static func number(_ number: Int, _ reason: Refusal.Reason = .malformedJSON) -> Self {
        DeadLetter(
            refusal: Refusal(reason, "letter \(number)"), topic: "kaiser/god/esp/ESP_00000A/sensor/4/data",
            payload: Array("{\(number)".utf8), payloadLength: 9_000, receiptTime: .at(Int64(number)))
    }
}

extension CommandRecord {
    static func example(_ id: String, state: CommandState = .accepted) -> Self {
        CommandRecord(
            device: .alpha, gpio: GPIO(16)!,
            order: CommandOrder(
                id: CommandID(id), verb: .pwm, value: 0.1 + 0.2, durationSeconds: 30, issuedBy: "user:mara",
                issuedAt: .at(5)),
            state: state, refusedBy: nil,
            evaluations: [Gate.Evaluation(.range, bound: "0 < level <= 1", actual: "0.3", isKept: true)],
            leaseSeconds: 30)
    }
}

extension SQLiteJournal {
    /// Samples alone, without where they stand.
    func plainSamples(_ query: SampleQuery) async throws -> [Sample] { try await samples(query).map(\.sample) }
}
