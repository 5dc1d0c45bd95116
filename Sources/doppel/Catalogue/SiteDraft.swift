import TwinCore

/// What is gathered while a site's devices are read, and judged when all of them are known.
struct SiteDraft {
    /// The kinds and boards; `nil` where they are wrong themselves.
    let known: Catalogue?
    /// What the site says about its devices.
    private(set) var devices: [DeviceID: DeviceOverride] = [:]
    /// Every device it names, and where.
    private(set) var words: [(word: String, place: String)] = []
    /// What its outputs draw, as far as the site or their kind says.
    private(set) var draws: [OutputAddress: Draw] = [:]

    private var uses: [(device: DeviceID, use: SensorUse)] = []

    /// Begins with nothing known of the site.
    init(known: Catalogue?) { self.known = known }

    /// Reads the group `devices`.
    mutating func readDevices(_ group: inout MemberReader) {
        group.eachGroup { name, place, device in
            guard let id = DeviceID(name) else {
                return device.problems.append(
                    Problem(place, "'\(name)' is no name of a device, \(MemberReader.deviceForm)"))
            }
            words.append((name, place))
            devices[id] = read(id, &device)
        }
    }

    /// What is wrong with the sensors that guards and effects read.
    var sensorProblems: [Problem] {
        guard let known else { return [] }
        return uses.flatMap { device, use in
            guard let kind = known.sensorKind(use.sensor.type) else {
                return [use.unknownKind(among: known.sensorKinds.map(\.name))].compactMap(\.self)
            }
            let own = devices[use.sensor.device ?? device]?.sensors ?? [:]
            let reference = SensorReference(type: kind.name, gpio: use.sensor.gpio)
            let intervals = own.filter { reference.matches($0.key) }.compactMap(\.value.intervalSeconds)
            return use.problems(kind, measuredEvery: intervals.max() ?? kind.intervalSeconds)
        }
    }

    private mutating func read(_ id: DeviceID, _ reader: inout MemberReader) -> DeviceOverride {
        let members = reader.read(SiteForm.device, beside: ["sensors", "actuators"])
        var board = members.text("board")
        if let word = board, let known {
            board = known.board(word)?.name
            if board == nil { reader.noteUnknown("board", "board", word, known.boards.map(\.name)) }
        }
        var sensors: [SensorKey: SensorOverride] = [:]
        reader.eachGroup(in: "sensors") { name, place, sensor in
            guard let (key, kind) = key(name, place, &sensor) else { return }
            if sensors[key] != nil {
                sensor.problems.append(Problem(place, "'\(name)' is '\(key.id)', which stands here already"))
            }
            sensors[key] = SensorOverride(&sensor, within: kind)
        }
        var actuators: [GPIO: ActuatorOverride] = [:]
        reader.eachGroup(in: "actuators") { name, place, actuator in
            guard let gpio = Int(name).flatMap(GPIO.init) else {
                let form = "a pin is a whole number from 0 to \(GPIO.maximum)"
                return actuator.problems.append(Problem(place, "'\(name)' is no pin; \(form)"))
            }
            actuators[gpio] = override(of: OutputAddress(device: id, gpio: gpio), &actuator)
        }
        return DeviceOverride(board: board, sensors: sensors, actuators: actuators)
    }

    private mutating func override(of output: OutputAddress, _ reader: inout MemberReader) -> ActuatorOverride {
        let members = reader.read(SiteForm.actuator)
        let limits = members.group("limits") ?? FormMembers()
        uses += SensorUse.all(in: limits).map { (output.device, $0) }
        let override = ActuatorOverride(members, limits, known)
        draws[output] = override.draw
        guard let type = members.text("type"), let known else { return override }
        let names = known.actuatorKinds.map(\.name)
        guard names.contains(type) else {
            reader.noteUnknown("type", "kind of actuator", type, names)
            return override
        }
        let kind = known.actuatorKind(type)
        draws[output] = kind.narrowed(by: override).limits.draw
        reader.problems += override.widenings(of: kind, members)
        return override
    }

    /// The sensor that a member's name stands for, by its kind's canonical word, and its kind where kinds are known.
    private func key(_ name: String, _ place: String, _ reader: inout MemberReader) -> (SensorKey, SensorKind?)? {
        guard let key = SensorKey(id: name) else {
            let form = "such as 34:ph, 0:sht31_temp:68 or 4:ds18b20:28AA11BB22CC33D4: pin, kind, and address if any"
            reader.problems.append(Problem(place, "'\(name)' is no sensor, \(form)"))
            return nil
        }
        guard let known else { return (key, nil) }
        guard let kind = known.sensorKind(key.type) else {
            let nearest = NearestWord.to(key.type, among: known.sensorKinds.map(\.name))
            let hint = nearest.map { "; did you mean '\($0)'?" } ?? ""
            reader.problems.append(Problem(place, "'\(name)': there is no kind of sensor '\(key.type)'\(hint)"))
            return nil
        }
        return (SensorKey(gpio: key.gpio, type: kind.name, address: key.address), kind)
    }
}
