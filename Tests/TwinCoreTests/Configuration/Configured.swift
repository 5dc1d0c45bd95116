import Testing
import TwinCore

/// A device's configuration: each call is one line of a transcript, and answers what came of it.
struct Configured {
    var state = ConfigurationState()
    /// Whether the device can be told something.
    var mayTell = true
    /// Whether no output of it may be energised.
    var mayLetGo = true
    private(set) var revision: UInt64 = 0
    /// The latest step that was said.
    private(set) var said: ConfigurationStep?

    /// An operator changes the wish.
    mutating func wish(
        touched: [PropertyPath] = [], validUntil: Int64? = nil, at time: Int64, _ change: (inout Desired) -> Void
    ) -> [String] {
        var desired = state.desired
        change(&desired)
        return take(
            state.decide(
                on: desired, touched: touched, by: "user:mara", revision: revision,
                validUntil: validUntil.map { Moment.at($0).time }, at: .at(time)), at: time)
    }

    /// Only time has passed.
    mutating func tick(at time: Int64) -> [String] {
        let decision = state.decideOnTime(mayTell: mayTell, mayLetGo: mayLetGo, revision: revision, at: .at(time))
        let lines = take(decision, at: time)
        if decision.steps.isEmpty, let deadline {
            #expect(deadline > time, "nothing was said at \(time), and it is due again at once")
        }
        return lines
    }

    /// A heartbeat.
    mutating func beat(
        zone: String? = nil, master: String? = nil, sensors: Int? = nil, actuators: Int? = nil, at time: Int64
    ) -> [String] {
        let heartbeat = Heartbeat(
            clock: DeviceClock(wire: 1_777_600_000), uptimeSeconds: 1, heapFreeBytes: 100_000, rssiDBm: -60,
            zone: zone, masterZone: master, sensorCount: sensors, actuatorCount: actuators)
        return take(state.decide(on: heartbeat, at: .at(time)), at: time)
    }

    /// The answer to a section; to the step said last unless told otherwise.
    mutating func answer(
        _ section: ConfigurationAnswer.Section, _ status: ConfigurationAnswer.Status = .success, count: Int? = nil,
        code: String? = nil, failures: [ConfigurationAnswer.Failure] = [], to id: String?? = nil, gpio: Int? = nil,
        at time: Int64
    ) -> [String] {
        let answer = ConfigurationAnswer(
            status: status, section: section, count: count, message: "so it is", errorCode: code, failures: failures,
            correlation: id ?? said?.id.description, gpio: gpio.flatMap(GPIO.init))
        return take(state.decide(on: answer, at: .at(time)), at: time)
    }

    /// The answer to a zone assignment.
    mutating func zone(
        _ status: ZoneAnswer.Status, _ zone: String = "", to id: String?? = nil, reason: String = "", at time: Int64
    ) -> [String] {
        let answer = ZoneAnswer(
            status: status, zone: zone, masterZone: "", correlation: id ?? said?.id.description, reason: reason,
            message: "")
        return take(state.decide(on: answer, at: .at(time)), at: time)
    }

    /// The answer to a change of a subzone.
    mutating func subzone(
        _ status: SubzoneAnswer.Status, _ id: String, code: Int? = nil, isNamed: Bool = true, at time: Int64
    ) -> [String] {
        let answer = SubzoneAnswer(
            status: status, subzone: id, correlation: isNamed ? said?.id.description : nil, errorCode: code,
            reason: "", message: "")
        return take(state.decide(on: answer, at: .at(time)), at: time)
    }

    /// What became of the intent.
    mutating func outcome(
        _ word: IntentOutcome.Word, code: String = "NONE", isRetryable: Bool = false, at time: Int64
    ) -> [String] {
        let outcome = IntentOutcome(
            intent: said?.id.description ?? "-", flow: "config", outcome: word, code: code, reason: "",
            isRetryable: isRetryable, isRecovered: false, clock: DeviceClock(wire: 1_777_600_000))
        return take(state.decide(on: outcome, at: .at(time)), at: time)
    }

    /// The runtime died and a new run began, so many milliseconds of civil time after the beginning.
    mutating func restart(at time: Int64) throws {
        state = try stored(state)
        state.beginRun(at: .at(time))
    }

    /// When time alone next brings something, in milliseconds of uptime.
    var deadline: Int64? { state.nextDeadline(mayTell: mayTell, mayLetGo: mayLetGo)?.milliseconds }

    /// Where a property stands.
    subscript(_ path: PropertyPath) -> PropertyState? { state.properties[path]?.state }

    /// The state of everything that is wished or held.
    var standing: [String] {
        state.properties.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.state.line)" }
    }

    mutating func take(_ decision: ConfigurationDecision, at time: Int64) -> [String] {
        for event in decision.events { state.apply(event, at: .at(time)) }
        revision += UInt64(decision.events.count)
        said = decision.steps.last ?? said
        return decision.events.map(\.line) + decision.steps.map { "-> \($0.id)" }
    }
}

extension SensorKey {
    static let probe = SensorKey(gpio: .pin(4), type: "ds18b20", address: .oneWire("28AA11BB22CC33D4"))
    static let warmth = SensorKey(gpio: .pin(0), type: "sht31_temp", address: .i2c(68))
    static let damp = SensorKey(gpio: .pin(0), type: "sht31_humidity", address: .i2c(68))
    static let acid = SensorKey(gpio: .pin(34), type: "ph", address: .none)
}

extension Desired {
    /// A zone, two sensors, an actuator and a subzone.
    static let bench = Desired(
        zone: ZoneWish(id: "tent_a", name: "Tent A"),
        subzones: ["bench_1": SubzoneWish(name: "Bench", gpios: [.pin(4), .pin(26)])],
        sensors: [.probe: SensorWish(name: "probe", subzone: "bench_1"), .acid: SensorWish(name: "acid")],
        actuators: [.pin(26): ActuatorWish(type: "pump", name: "drip")])

    /// Sensors and actuators alone, so that everything fits into one push.
    static let parts = Desired(
        sensors: [.probe: SensorWish(name: "probe"), .acid: SensorWish(name: "acid")],
        actuators: [
            .pin(26): ActuatorWish(type: "pump", name: "drip"), .pin(27): ActuatorWish(type: "relay", name: "lamp"),
        ])
}

extension Configured {
    /// A device that was told some wish, and carried it out, within the first second.
    static func holding(_ desired: Desired) -> Configured {
        var device = Configured()
        _ = device.wish(at: 0) { $0 = desired }
        for _ in 0..<32 {
            _ = device.tick(at: 0)
            guard let step = device.state.step?.step else { break }
            switch step.order {
            case .push(let push):
                if !push.sensors.isEmpty { _ = device.answer(.sensor, at: 0) }
                if !push.actuators.isEmpty { _ = device.answer(.actuator, at: 0) }
            case .zone(let wish): _ = device.zone(wish.id.isEmpty ? .removed : .assigned, wish.id, at: 0)
            case .subzone(let assignment): _ = device.subzone(.assigned, assignment.subzone, at: 0)
            case .subzoneRemoval(let id, _): _ = device.subzone(.removed, id, at: 0)
            }
        }
        return device
    }
}

extension ConfigurationEvent {
    /// The event in a few words, for transcripts.
    var line: String {
        switch self {
        case .wished(_, let touched, _, _, _): "wished " + touched.map(\.description).joined(separator: " ")
        case .stepBegun(let step): "\(step.id) says " + step.paths.map(\.description).joined(separator: " ")
        case .stepRepeated(let id, let attempt): "\(id) again \(attempt)"
        case .stepAccepted(let id): "\(id) accepted"
        case .stepFailing(let id, let refusal): "\(id) failing" + (refusal.map { ": \($0)" } ?? "")
        case .applied(let paths): "applied " + paths.map(\.description).joined(separator: " ")
        case .refused(let path, let reason): "refused \(path): \(reason)"
        case .stepEnded(let id, let end): "\(id) \(end)"
        case .expired(let paths): "expired " + paths.map(\.description).joined(separator: " ")
        case .zoneReported(let id, let master): "in zone '\(id)' of '\(master)'"
        case .countMismatched(let sensors, let actuators):
            "counts \(sensors.map(String.init) ?? "-") \(actuators.map(String.init) ?? "-")"
        case .strayAnswer: "stray"
        case .strayZoneAnswer: "stray zone"
        case .straySubzoneAnswer: "stray subzone"
        }
    }
}

extension PropertyState {
    /// The state in a few words.
    var line: String {
        switch self {
        case .pending: "pending"
        case .sent: "sent"
        case .accepted: "accepted"
        case .applied: "applied"
        case .refused(let reason): "refused: \(reason)"
        case .expired: "expired"
        }
    }
}
