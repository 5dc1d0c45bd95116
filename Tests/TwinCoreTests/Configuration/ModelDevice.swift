import TwinCore

/// A device as small as it can be: what it holds, what it refuses, and how it answers.
struct ModelDevice {
    /// What a device says.
    enum Word {
        case section(ConfigurationAnswer)
        case zone(ZoneAnswer)
        case subzone(SubzoneAnswer)
    }

    private(set) var held = Desired()
    private var parents: [String: String] = [:]
    private var generation: UInt32 = 0
    /// Pins on which it takes nothing.
    var refusedPins: Set<GPIO> = []
    /// Whether it has no time for the next message.
    var isBusy = false

    var zone: String { held.zone?.id ?? "" }
    var masterZone: String { held.zone?.masterID ?? "" }

    /// Loses what is not in its flash.
    mutating func reboot(losesZone: Bool) {
        held.sensors = [:]
        held.actuators = [:]
        generation = 0
        if losesZone { leaveZone() }
    }

    mutating func obey(_ step: ConfigurationStep) -> [Word] {
        let id = step.id.description
        switch step.order {
        case .push(let push): return obey(push, id)
        case .zone(let wish):
            if busy() {
                return [
                    .zone(
                        ZoneAnswer(
                            status: .error, zone: zone, masterZone: "", correlation: id,
                            reason: "CONFIG_LANE_BUSY", message: ""))
                ]
            }
            if wish.id.isEmpty { leaveZone() } else { held.zone = wish }
            return [
                .zone(
                    ZoneAnswer(
                        status: wish.id.isEmpty ? .removed : .assigned, zone: wish.id,
                        masterZone: wish.masterID, correlation: id, reason: "", message: ""))
            ]
        case .subzone(let assignment):
            guard assignment.parentZone == zone else { return [answer(assignment.subzone, .error, id, code: 2502)] }
            held.subzones[assignment.subzone] = assignment.wish
            return [answer(assignment.subzone, .assigned, id)]
        case .subzoneRemoval(let subzone, _):
            guard held.subzones.removeValue(forKey: subzone) != nil else {
                return [answer(subzone, .error, id, code: 2503)]
            }
            return [answer(subzone, .removed, id)]
        }
    }

    private func answer(_ subzone: String, _ status: SubzoneAnswer.Status, _ id: String, code: Int? = nil) -> Word {
        .subzone(
            SubzoneAnswer(
                status: status, subzone: subzone, correlation: id, errorCode: code, reason: "", message: ""))
    }

    private mutating func leaveZone() {
        held.zone = nil
        held.subzones = [:]
    }

    private mutating func busy() -> Bool {
        defer { isBusy = false }
        return isBusy
    }

    // MARK: Pushes

    private mutating func obey(_ push: ConfigurationPush, _ id: String) -> [Word] {
        func said(
            _ section: ConfigurationAnswer.Section, _ status: ConfigurationAnswer.Status, code: String? = nil,
            _ failures: [ConfigurationAnswer.Failure] = []
        ) -> Word {
            .section(
                ConfigurationAnswer(
                    status: status, section: section, message: "", errorCode: code, failures: failures,
                    correlation: id))
        }
        if busy() { return [said(.system, .error, code: "CONFIG_LANE_BUSY")] }
        guard push.generation >= generation else { return [said(.system, .error, code: "STALE_SCOPE")] }
        generation = push.generation
        var words: [Word] = []
        if !push.sensors.isEmpty {
            let failures = push.sensors.compactMap { take($0) }
            switch failures.count {
            case 0: words.append(said(.sensor, .success))
            case push.sensors.count: words.append(said(.sensor, .error, Array(failures.prefix(10))))
            default: words.append(said(.sensor, .partialSuccess, Array(failures.prefix(10))))
            }
        }
        if !push.actuators.isEmpty {
            // As the firmware does: a word for each that fails, and a success only when none did.
            let failures = push.actuators.compactMap { take($0) }
            words += failures.map { said(.actuator, .error, [$0]) }
            if failures.isEmpty { words.append(said(.actuator, .success)) }
        }
        return words
    }

    private mutating func take(_ item: ConfigurationPush.SensorItem) -> ConfigurationAnswer.Failure? {
        guard item.isActive else {
            held.sensors[item.key] = nil
            return nil
        }
        let isTaken = held.actuators.contains { $0.key == item.key.gpio || $0.value.auxiliary == item.key.gpio }
        guard !isTaken, !refusedPins.contains(item.key.gpio) else { return failure(item.key.gpio, item.key.type) }
        held.sensors[item.key] = item.wish
        return nil
    }

    private mutating func take(_ item: ConfigurationPush.ActuatorItem) -> ConfigurationAnswer.Failure? {
        guard item.isActive else {
            held.actuators[item.gpio] = nil
            return nil
        }
        let isTaken = held.sensors.keys.contains { $0.gpio == item.gpio }
        guard !isTaken, !refusedPins.contains(item.gpio) else { return failure(item.gpio, item.wish.type) }
        held.actuators[item.gpio] = item.wish
        return nil
    }

    private func failure(_ gpio: GPIO, _ type: String) -> ConfigurationAnswer.Failure {
        ConfigurationAnswer.Failure(type: type, gpio: gpio, code: "GPIO_CONFLICT", detail: "taken")
    }
}

/// The same numbers for the same seed.
///
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    mutating func happens(onceIn times: UInt64) -> Bool { next() % times == 0 }
    mutating func number(_ range: ClosedRange<Int64>) -> Int64 { Int64.random(in: range, using: &self) }
}
