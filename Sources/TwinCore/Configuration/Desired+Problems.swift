extension Desired {
    /// The most problems listed of one wish.
    public static let maximumProblems = 64

    /// Everything that is wrong with the wish, in the order of the paths; empty when it can be taken in.
    ///
    /// - Parameter board: What the device is made of; without it a pin is only known to be one of 0 to 39, and the
    ///   most that any firmware runs is allowed.
    public func problems(board: Board?) -> [ConfigurationProblem] {
        var inspection = Inspection()
        inspectTexts(&inspection)
        inspectZone(&inspection)
        let (mostSensors, mostActuators) = (
            board?.maximumSensors ?? Limits.sensors, board?.maximumActuators ?? Limits.actuators
        )
        inspection.count(sensors.count, "sensors", mostSensors)
        inspection.count(actuators.count, "actuators", mostActuators)
        inspection.count(subzones.count, "subzones", Limits.subzones)
        // A wish that is far too large is not looked at piece by piece.
        if sensors.count + actuators.count + subzones.count <= Limits.inspectedParts {
            for (key, wish) in sensors { inspect(key, wish, &inspection) }
            for (gpio, wish) in actuators { inspect(gpio, wish, &inspection) }
            inspectSubzones(&inspection)
            inspection.problems += PinPlan(self, board: board).problems
        }
        let sorted = inspection.problems.sorted { ($0.path, $0.detail) < ($1.path, $1.detail) }
        return Array(sorted.prefix(Self.maximumProblems))
    }

    private func inspectTexts(_ inspection: inout Inspection) {
        if let name { inspection.name(name, "name") }
        if let board { inspection.name(board, "board") }
    }

    private func inspectZone(_ inspection: inout Inspection) {
        guard let zone else { return }
        inspection.zoneID(zone.id, "zone/id")
        inspection.zoneID(zone.masterID, "zone/master_id")
        inspection.name(zone.name, "zone/name", isRequired: false)
    }

    private func inspect(_ key: SensorKey, _ wish: SensorWish, _ inspection: inout Inspection) {
        let path = PropertyPath.sensor(key).description
        inspection.word(key.type, path)
        inspection.name(wish.name, "\(path)/name")
        inspection.number(
            wish.intervalSeconds, 1...SensorWish.longestIntervalSeconds, "\(path)/interval_seconds", "seconds")
        inspectSubzone(wish.subzone, "\(path)/subzone", &inspection)
        if key.family == "vpd" {
            inspection.add(path, "is computed from other sensors here: a device cannot measure it")
        }
        if let source = wish.temperatureFrom {
            if sensors[source] == nil {
                inspection.add("\(path)/temperature_from", "names \(source.id), which is no sensor of this wish")
            } else if source.type == key.type {
                inspection.add("\(path)/temperature_from", "names \(source.id), which measures the same")
            }
        }
    }

    private func inspect(_ gpio: GPIO, _ wish: ActuatorWish, _ inspection: inout Inspection) {
        let path = PropertyPath.actuator(gpio).description
        inspection.word(wish.type, "\(path)/type")
        inspection.name(wish.name, "\(path)/name")
        inspection.number(wish.defaultLevel, 0...255, "\(path)/default_level", "steps")
        inspection.number(
            wish.maximumRuntimeMilliseconds, 1...Limits.runtimeMilliseconds, "\(path)/maximum_runtime_milliseconds",
            "milliseconds")
        inspectSubzone(wish.subzone, "\(path)/subzone", &inspection)
        // A device acts on these by itself as soon as it is alone: no lease ends it and no gate is asked.
        if wish.isOnByDefault { inspection.add("\(path)/on_by_default", "is true, and \(Self.aloneObjection)") }
        if (1...255).contains(wish.defaultLevel) {
            inspection.add("\(path)/default_level", "is \(wish.defaultLevel), and \(Self.aloneObjection)")
        }
    }

    private static let aloneObjection =
        "would switch it on whenever the device is alone, without lease and gate; not allowed, leave it off"

    private func inspectSubzone(_ id: String, _ path: String, _ inspection: inout Inspection) {
        guard !id.isEmpty, subzones[id] == nil else { return }
        inspection.add(path, "names '\(id.prefix(40))', which is no subzone of this wish")
    }

    private func inspectSubzones(_ inspection: inout Inspection) {
        if !subzones.isEmpty, zone?.id.isEmpty ?? true {
            inspection.add("subzones", "need a zone: name one at zone/id")
        }
        let parts = Set(
            sensors.keys.map(\.gpio) + actuators.flatMap { [$0.key] + [$0.value.auxiliary].compactMap(\.self) })
        var owners: [GPIO: String] = [:]
        for (id, wish) in subzones.sorted(by: { $0.key < $1.key }) {
            let path = "subzones/\(id.prefix(40))"
            inspection.subzoneID(id, path)
            inspection.name(wish.name, "\(path)/name", isRequired: false)
            for gpio in wish.gpios {
                if !parts.contains(gpio) {
                    inspection.add("\(path)/gpios", "pin \(gpio) is neither a sensor's nor an actuator's of this wish")
                }
                if let owner = owners.updateValue(id, forKey: gpio) {
                    inspection.add("\(path)/gpios", "pin \(gpio) is named before, in subzone \(owner)")
                }
            }
        }
    }
}

/// The problems found so far, and what is asked of single members.
private struct Inspection {
    var problems: [ConfigurationProblem] = []

    mutating func add(_ path: String, _ detail: String) {
        problems.append(ConfigurationProblem(path: path, detail: detail))
    }

    mutating func count(_ count: Int, _ path: String, _ most: Int) {
        if count > most { add(path, "are \(count), and this board runs \(most) at most") }
    }

    mutating func name(_ text: String, _ path: String, isRequired: Bool = true) {
        let most = Desired.Limits.nameBytes
        if isRequired, text.isEmpty { add(path, "is empty, and a device refuses a part without a name") }
        if text.utf8.count > most { add(path, "has \(text.utf8.count) bytes, and devices keep \(most)") }
    }

    mutating func number(_ number: Int, _ range: ClosedRange<Int>, _ path: String, _ unit: String) {
        if !range.contains(number) {
            add(path, "is \(number), and \(range.lowerBound) to \(range.upperBound) \(unit) are possible")
        }
    }

    mutating func word(_ text: String, _ path: String) {
        let isWord = text.utf8.allSatisfy { $0.isLowercaseLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        if text.isEmpty || text.utf8.count > Desired.Limits.wordBytes || !isWord {
            add(path, "kind '\(text.prefix(40))' is no word of 1 to \(Desired.Limits.wordBytes) of a-z 0-9 _")
        }
    }

    mutating func zoneID(_ text: String, _ path: String) {
        let isID = text.utf8.allSatisfy {
            $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-")
        }
        if text.utf8.count > Desired.Limits.zoneBytes || !isID {
            add(path, "'\(text.prefix(40))' is no id: at most \(Desired.Limits.zoneBytes) of a-z 0-9 _ -")
        }
    }

    mutating func subzoneID(_ text: String, _ path: String) {
        let isID = text.utf8.allSatisfy { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "_") }
        if text.isEmpty || text.utf8.count > Desired.Limits.zoneBytes || !isID {
            add(path, "is no id: 1 to \(Desired.Limits.zoneBytes) of A-Z a-z 0-9 _ are possible")
        }
    }
}

extension UInt8 {
    fileprivate var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    fileprivate var isLowercaseLetter: Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) }
    fileprivate var isLetter: Bool { isLowercaseLetter || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self) }
}
