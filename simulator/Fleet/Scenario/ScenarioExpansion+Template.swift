import TwinCore

extension ScenarioExpansion {
    /// The longest interval, in seconds: one day.
    private static let maximumIntervalSeconds = 86_400

    /// What all devices of a group have in common, with a name that is replaced for each.
    mutating func template(of group: Scenario.Group, _ path: String) -> DeviceSpecification {
        let board = board(group.hardware, "\(path).hardware")
        let kaiser = KaiserID(group.kaiser ?? "god")
        if kaiser == nil { refuse("\(path).kaiser", "must be 1 to 63 letters, digits and underscores") }
        let interval = interval(
            group.intervals?.sensorSeconds, "\(path).intervals.sensor_seconds", Firmware.sensorIntervalSeconds)
        return DeviceSpecification(
            id: Self.placeholder, kaiser: kaiser ?? .god, board: board, zone: zone(group.zone, "\(path).zone"),
            masterZone: zone(group.masterZone, "\(path).master_zone"),
            sensors: sensors(of: group, on: board, interval, path), actuators: actuators(of: group, on: board, path),
            heartbeatSeconds: self.interval(
                group.intervals?.heartbeatSeconds, "\(path).intervals.heartbeat_seconds", Firmware.heartbeatSeconds),
            statusSeconds: self.interval(
                group.intervals?.statusSeconds, "\(path).intervals.status_seconds", Firmware.statusSeconds),
            emergencyToken: token(group.emergencyToken, "\(path).emergency_token"),
            broadcastToken: token(group.broadcastToken, "\(path).broadcast_token"),
            hasNetworkTime: group.hasNetworkTime ?? true, personality: personality(of: group, path))
    }

    private static let placeholder: DeviceID = {
        guard let id = DeviceID("ESP_000000") else { preconditionFailure("ESP_000000 is well formed") }
        return id
    }()

    private mutating func sensors(
        of group: Scenario.Group, on board: Board, _ interval: Int, _ path: String
    ) -> [SensorSpecification] {
        if group.sensors.count > board.maximumSensors {
            refuse("\(path).sensors", "has \(group.sensors.count); a \(board.rawValue) takes \(board.maximumSensors)")
        }
        var keys: Set<String> = []
        return group.sensors.enumerated().compactMap { index, sensor in
            let path = "\(path).sensors[\(index)]"
            guard let chip = word(sensor.type, SensorSpecification.Chip.self, "\(path).type") else { return nil }
            guard let gpio = pin(of: sensor, chip, on: board, path) else { return nil }
            var address = BusAddress.none
            if chip == .sht31 {
                guard let number = UInt8(exactly: sensor.i2cAddress ?? 68), number == 68 || number == 69 else {
                    refuse("\(path).i2c_address", "is \(sensor.i2cAddress ?? 68); an sht31 has 68 or 69")
                    return nil
                }
                address = .i2c(number)
            } else if sensor.i2cAddress != nil {
                refuse("\(path).i2c_address", "means nothing for a \(chip.rawValue); leave it out")
            }
            // Several ds18b20 share one 1-Wire bus; each gets a code of its own.
            if chip != .ds18b20, !keys.insert("\(gpio) \(address)").inserted {
                refuse("\(path).gpio", "\(gpio) is taken by another sensor of the group")
            }
            return SensorSpecification(
                gpio: gpio, chip: chip,
                intervalSeconds: self.interval(sensor.intervalSeconds, "\(path).interval_seconds", interval),
                subzone: zone(sensor.subzone, "\(path).subzone"), address: address)
        }
    }

    private mutating func pin(
        of sensor: Scenario.Sensor, _ chip: SensorSpecification.Chip, on board: Board, _ path: String
    ) -> GPIO? {
        let allowed: [Int]
        switch chip {
        case .sht31: allowed = [0]
        case .ds18b20: allowed = board.outputPins
        case .ph, .ec, .moisture: allowed = board.analogPins
        }
        let number = sensor.gpio ?? (chip == .sht31 ? 0 : -1)
        guard allowed.contains(number), let gpio = GPIO(number) else {
            let found = sensor.gpio.map { "is \($0)" } ?? "is missing"
            refuse("\(path).gpio", "\(found); for a \(chip.rawValue) it must be \(Self.list(allowed))")
            return nil
        }
        return gpio
    }

    private mutating func actuators(
        of group: Scenario.Group, on board: Board, _ path: String
    ) -> [ActuatorSpecification] {
        if group.actuators.count > board.maximumActuators {
            refuse(
                "\(path).actuators", "has \(group.actuators.count); a \(board.rawValue) takes \(board.maximumActuators)"
            )
        }
        var taken = Set(group.sensors.compactMap(\.gpio))
        return group.actuators.enumerated().compactMap { index, actuator in
            let path = "\(path).actuators[\(index)]"
            let kind = word(actuator.type, ActuatorSpecification.Kind.self, "\(path).type")
            let effect = word(actuator.effect ?? "none", ActuatorSpecification.Effect.self, "\(path).effect")
            guard board.outputPins.contains(actuator.gpio), let gpio = GPIO(actuator.gpio) else {
                refuse("\(path).gpio", "is \(actuator.gpio); it must be \(Self.list(board.outputPins))")
                return nil
            }
            guard taken.insert(actuator.gpio).inserted else {
                refuse("\(path).gpio", "\(gpio) is taken by another sensor or actuator of the group")
                return nil
            }
            guard let kind, let effect else { return nil }
            return ActuatorSpecification(
                gpio: gpio, kind: kind, effect: effect, subzone: zone(actuator.subzone, "\(path).subzone"),
                maxRuntimeSeconds: interval(
                    actuator.maxRuntimeSeconds, "\(path).max_runtime_seconds", Firmware.maxRuntimeSeconds))
        }
    }

    private mutating func board(_ text: String?, _ member: String) -> Board {
        word(text ?? Board.esp32Wroom.rawValue, Board.self, member) ?? .esp32Wroom
    }

    private mutating func word<Word: CaseIterable & RawRepresentable<String>>(
        _ text: String, _ type: Word.Type, _ member: String
    ) -> Word? {
        let word = Word(rawValue: text)
        if word == nil { refuse(member, "'\(text)' must be \(Self.list(Word.allCases.map(\.rawValue)))") }
        return word
    }

    private mutating func interval(_ seconds: Int?, _ member: String, _ fallback: Int) -> Int {
        guard let seconds else { return fallback }
        guard (1...Self.maximumIntervalSeconds).contains(seconds) else {
            refuse(member, "is \(seconds); it must be 1 to \(Self.maximumIntervalSeconds) seconds")
            return fallback
        }
        return seconds
    }

    private mutating func zone(_ text: String?, _ member: String) -> String {
        let text = text ?? ""
        let isWord = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
        if text.utf8.count > 32 || !isWord { refuse(member, "'\(text)' must be at most 32 of a-z, 0-9 and _") }
        return text
    }

    private mutating func token(_ text: String?, _ member: String) -> String? {
        if let text, !(1...64).contains(text.utf8.count) { refuse(member, "must have 1 to 64 characters") }
        return text
    }

    private static func list(_ choices: [some CustomStringConvertible]) -> String {
        guard let last = choices.last, choices.count > 1 else { return choices.map(\.description).joined() }
        return choices.dropLast().map(\.description).joined(separator: ", ") + " or " + last.description
    }
}
