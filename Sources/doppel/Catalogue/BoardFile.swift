import TwinCore
import Yams

/// One file of `twins/boards/`: reads it into a board and notes everything that is wrong with it.
struct BoardFile {
    /// The members a file can have.
    static let members = [
        "kind", "name", "aliases", "pins", "reserved", "input_only", "analogue", "i2c", "one_wire", "pwm_channels",
        "maximum_sensors", "maximum_actuators",
    ]
    /// How many outputs a board can dim, and how many parts its firmware can run, at most.
    static let countBounds = 0...100

    /// The board; `nil` where a problem stands in its way.
    private(set) var board: Board?
    /// Every word that devices may use for it, and where the file says so.
    private(set) var words: [(word: String, place: String)] = []
    /// What is wrong.
    var problems: [Problem] { reader.problems }

    private var reader: MemberReader

    /// Reads the file whose parsed text is given; `fileName` without its ending must be the board's name.
    init(_ yaml: YAMLText, fileName: String) {
        reader = MemberReader(yaml)
        guard reader.isGroup, reader.word("kind", among: ["board"]) != nil else { return }
        reader.refuseUnknownMembers(known: Self.members)
        let name = reader.fileName(fileName)
        if let name { words.append((name, reader.place("name"))) }
        let aliases = reader.wireWords("aliases")
        words += aliases.map { ($0.word, $0.place) }
        let pins = reader.integers("pins", from: 0...GPIO.maximum)
        // Where the pins themselves are wrong, every pin of any board passes, so that nothing is reported twice.
        let range = pins ?? 0...GPIO.maximum
        let reserved = reader.pins("reserved", among: range)
        let inputOnly = reader.pins("input_only", among: range)
        let analogue = reader.pins("analogue", among: range)
        let i2c = reader.has("i2c") ? readBus(among: range, without: reserved) : []
        let oneWire = reader.integer(ifThere: "one_wire", within: range)
        refuseReserved(oneWire, at: "one_wire", reserved)
        let channels = reader.integer("pwm_channels", within: Self.countBounds)
        let sensors = reader.integer("maximum_sensors", within: Self.countBounds)
        let actuators = reader.integer("maximum_actuators", within: Self.countBounds)
        guard let name, let pins, let channels, let sensors, let actuators, reader.problems.isEmpty else { return }
        board = Board(
            name: name, aliases: aliases.map(\.word), pins: pins, reservedPins: reserved, inputOnlyPins: inputOnly,
            analoguePins: analogue, i2cPins: i2c, oneWirePin: oneWire, pwmChannels: channels, maximumSensors: sensors,
            maximumActuators: actuators)
    }

    private mutating func readBus(among pins: ClosedRange<Int>, without reserved: [Int]) -> [Int] {
        let lines = reader.group(
            "i2c",
            { group in
                group.refuseUnknownMembers(known: ["data", "clock"])
                return (data: group.integer("data", within: pins), clock: group.integer("clock", within: pins))
            })
        guard let data = lines?.data, let clock = lines?.clock else { return [] }
        if data == clock { reader.note("i2c", "has data and clock on the same pin, \(data)") }
        refuseReserved(data, at: "i2c", reserved)
        refuseReserved(clock, at: "i2c", reserved)
        return [data, clock]
    }

    private mutating func refuseReserved(_ pin: Int?, at member: String, _ reserved: [Int]) {
        guard let pin, reserved.contains(pin) else { return }
        reader.note(member, "is on pin \(pin), which is 'reserved'")
    }
}

extension MemberReader {
    /// Reads the member `name`, which must be what the file is called.
    mutating func fileName(_ fileName: String) -> String? {
        guard let name = wireWord("name") else { return nil }
        if "\(name).yaml" != fileName { note("name", "is '\(name)', so the file must be called '\(name).yaml'") }
        return name
    }
}
