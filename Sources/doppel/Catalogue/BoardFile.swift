import TwinCore

/// One file of `twins/boards/`: reads it into a board and notes everything that is wrong with it.
struct BoardFile {
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
        let members = reader.read(BoardForm.board)
        if let name = members.text("name") { words.append((name, reader.place("name"))) }
        words += reader.wordPlaces("aliases")
        reader.judge(members.text("name"), fileName: fileName)
        judgePins(members)
        guard let name = members.text("name"), let pins = members.integerRange("pins"),
            let channels = members.integer("pwm_channels"), let sensors = members.integer("maximum_sensors"),
            let actuators = members.integer("maximum_actuators"), reader.problems.isEmpty
        else { return }
        let bus = members.group("i2c")
        board = Board(
            name: name, aliases: members.texts("aliases"), pins: pins, reservedPins: members.pins("reserved"),
            inputOnlyPins: members.pins("input_only"), analoguePins: members.pins("analogue"),
            i2cPins: [bus?.integer("data"), bus?.integer("clock")].compactMap(\.self),
            oneWirePin: members.integer("one_wire"), pwmChannels: channels, maximumSensors: sensors,
            maximumActuators: actuators)
    }

    /// Notes pins that the board does not have, and buses on pins that nothing may use.
    private mutating func judgePins(_ members: FormMembers) {
        let bus = members.group("i2c")
        let lines = [bus?.integer("data"), bus?.integer("clock")].compactMap(\.self)
        let oneWire = [members.integer("one_wire")].compactMap(\.self)
        let lists = ["reserved", "input_only", "analogue"].map { ($0, members.pins($0)) }
        for (name, pins) in lists + [("i2c", lines), ("one_wire", oneWire)] {
            guard let range = members.integerRange("pins") else { break }
            for pin in pins where !range.contains(pin) {
                let has = "\(range.lowerBound) to \(range.upperBound)"
                reader.note(name, "holds \(pin), which is no pin of the board; it has \(has)")
            }
        }
        let reserved = members.pins("reserved")
        for (name, pins) in [("i2c", lines), ("one_wire", oneWire)] {
            for pin in pins where reserved.contains(pin) {
                reader.note(name, "is on pin \(pin), which is 'reserved'")
            }
        }
        if lines.count == 2, lines[0] == lines[1] {
            reader.note("i2c", "has data and clock on the same pin, \(lines[0])")
        }
    }
}

extension MemberReader {
    /// Notes a name that is not what the file is called.
    mutating func judge(_ name: String?, fileName: String) {
        guard let name, fileName != "\(name).yaml" else { return }
        note("name", "is '\(name)', so the file must be called '\(name).yaml'")
    }
}
