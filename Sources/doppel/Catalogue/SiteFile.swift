import TwinCore
import Yams

/// One file of `twins/sites/`: reads it into a site and notes everything that is wrong with it.
///
/// An override must be within what its kind allows, so the kinds and boards are read first.
struct SiteFile {
    /// The members a file can have.
    static let members = ["kind", "name", "devices"]
    /// The members of a device.
    static let deviceMembers = ["board", "sensors", "actuators"]

    /// The site; `nil` where a problem stands in its way.
    private(set) var site: Site?
    /// Every device it names, and where.
    private(set) var words: [(word: String, place: String)] = []
    /// What is wrong.
    var problems: [Problem] { reader.problems }

    private var reader: MemberReader
    private let known: Catalogue?

    /// Reads the file whose parsed text is given.
    ///
    /// - Parameters:
    ///   - fileName: Without its ending it must be the site's name.
    ///   - known: The kinds and boards; `nil` where they are wrong themselves, so that nothing is compared with them.
    init(_ yaml: YAMLText, fileName: String, known: Catalogue?) {
        self.known = known
        reader = MemberReader(yaml)
        guard reader.isGroup, reader.word("kind", among: ["site"]) != nil else { return }
        reader.refuseUnknownMembers(known: Self.members)
        let name = reader.fileName(fileName)
        let devices = readDevices()
        guard let name, let devices, reader.problems.isEmpty else { return }
        site = Site(name: name, devices: devices)
    }

    private mutating func readDevices() -> [DeviceID: DeviceOverride]? {
        var words: [(word: String, place: String)] = []
        let devices = reader.group("devices") { [known] group in
            var devices: [DeviceID: DeviceOverride] = [:]
            group.eachGroup { name, place, device in
                guard let id = DeviceID(name) else {
                    let form = "such as ESP_7C19F2: ESP_ and 6 to 8 digits 0-9 A-F, or MOCK_ and letters and digits"
                    device.problems.append(Problem(place, "'\(name)' is no name of a device, \(form)"))
                    return
                }
                words.append((name, place))
                devices[id] = Self.device(&device, known)
            }
            return devices
        }
        self.words = words
        return devices
    }

    private static func device(_ reader: inout MemberReader, _ known: Catalogue?) -> DeviceOverride {
        reader.refuseUnknownMembers(known: deviceMembers)
        var board: String?
        if reader.has("board"), let word = reader.wireWord("board") {
            board = known.map { $0.board(word)?.name } ?? word
            if board == nil { reader.noteUnknown("board", "board", word, known?.boards.map(\.name)) }
        }
        var sensors: [SensorKey: SensorOverride] = [:]
        if reader.has("sensors") {
            reader.group("sensors") { group in
                group.eachGroup { name, place, sensor in
                    guard let (key, kind) = Self.key(name, place, &sensor, known) else { return }
                    if sensors[key] != nil {
                        sensor.problems.append(Problem(place, "'\(name)' is '\(key.id)', which stands here already"))
                    }
                    sensors[key] = SensorOverride(&sensor, within: kind)
                }
            }
        }
        var actuators: [GPIO: ActuatorOverride] = [:]
        if reader.has("actuators") {
            reader.group("actuators") { group in
                group.eachGroup { name, place, actuator in
                    guard let gpio = Int(name).flatMap(GPIO.init) else {
                        let form = "a pin is a whole number from 0 to \(GPIO.maximum)"
                        return actuator.problems.append(Problem(place, "'\(name)' is no pin; \(form)"))
                    }
                    actuators[gpio] = ActuatorOverride(&actuator, known)
                }
            }
        }
        return DeviceOverride(board: board, sensors: sensors, actuators: actuators)
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

extension MemberReader {
    /// Notes that a member names something that is not in the catalogue.
    mutating func noteUnknown(_ name: String, _ sort: String, _ word: String, _ words: [String]?) {
        let nearest = NearestWord.to(word, among: words ?? []).map { "; did you mean '\($0)'?" } ?? ""
        note(name, "is '\(word)', and there is no \(sort) of that name\(nearest)")
    }
}
