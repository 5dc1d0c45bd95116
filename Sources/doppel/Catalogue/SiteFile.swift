import TwinCore
import Yams

/// One file of `twins/sites/`: reads it into a site and notes everything that is wrong with it.
///
/// An override must be within what its kind allows, so the kinds and boards are read first.
struct SiteFile {
    /// The site; `nil` where a problem stands in its way.
    private(set) var site: Site?
    /// Every device it names, and where.
    private(set) var words: [(word: String, place: String)] = []
    /// What is wrong.
    var problems: [Problem] { reader.problems }

    private var reader: MemberReader

    /// Reads the file whose parsed text is given.
    ///
    /// - Parameters:
    ///   - fileName: Without its ending it must be the site's name.
    ///   - known: The kinds and boards; `nil` where they are wrong themselves, so that nothing is compared with them.
    init(_ yaml: YAMLText, fileName: String, known: Catalogue?) {
        reader = MemberReader(yaml)
        guard reader.isGroup, reader.word("kind", among: ["site"]) != nil else { return }
        let members = reader.read(SiteForm.site, beside: ["devices"])
        reader.judge(members.text("name"), fileName: fileName)
        var words: [(word: String, place: String)] = []
        let devices = reader.group("devices") { group in
            var devices: [DeviceID: DeviceOverride] = [:]
            group.eachGroup { name, place, device in
                guard let id = DeviceID(name) else {
                    let form = "such as ESP_7C19F2: ESP_ and 6 to 8 digits 0-9 A-F, or MOCK_ and letters and digits"
                    return device.problems.append(Problem(place, "'\(name)' is no name of a device, \(form)"))
                }
                words.append((name, place))
                devices[id] = DeviceOverride(&device, known)
            }
            return devices
        }
        self.words = words
        guard let name = members.text("name"), let devices, reader.problems.isEmpty else { return }
        site = Site(name: name, devices: devices)
    }
}

extension MemberReader {
    /// Reads the members of a group that also has groups whose members have any names.
    fileprivate mutating func read(_ forms: [MemberForm], beside groups: [String]) -> FormMembers {
        refuseUnknownMembers(known: forms.map(\.name) + groups)
        var found = FormMembers()
        for form in forms where form.isRequired || has(form.name) { found[form.name] = read(form.name, form.form) }
        return found
    }

    /// Whether there is a member of that name.
    private func has(_ name: String) -> Bool { members?[name] != nil }

    /// Reads each member of a group, which may be missing.
    fileprivate mutating func eachGroup(
        in name: String, _ read: (_ name: String, _ place: String, _ group: inout MemberReader) -> Void
    ) {
        if has(name) { group(name) { $0.eachGroup(read) } }
    }
}

extension DeviceOverride {
    fileprivate init(_ reader: inout MemberReader, _ known: Catalogue?) {
        let members = reader.read(SiteForm.device, beside: ["sensors", "actuators"])
        var board = members.text("board")
        if let word = board, let known {
            board = known.board(word)?.name
            if board == nil { reader.noteUnknown("board", "board", word, known.boards.map(\.name)) }
        }
        var sensors: [SensorKey: SensorOverride] = [:]
        reader.eachGroup(in: "sensors") { name, place, sensor in
            guard let (key, kind) = Self.key(name, place, &sensor, known) else { return }
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
            actuators[gpio] = ActuatorOverride(&actuator, known)
        }
        self.init(board: board, sensors: sensors, actuators: actuators)
    }

    /// The sensor that a member's name stands for, by its kind's canonical word, and its kind where kinds are known.
    private static func key(
        _ name: String, _ place: String, _ reader: inout MemberReader, _ known: Catalogue?
    ) -> (SensorKey, SensorKind?)? {
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
