import TwinCore

/// What a member held, read by its form.
indirect enum FormValue {
    case text(String)
    case texts([String])
    case integer(Int)
    /// In ascending order.
    case pins([Int])
    case device(DeviceID)
    case devices([DeviceID])
    case output(OutputAddress)
    case outputs([PlacedOutput])
    case number(Double)
    case numbers([Double])
    case range(ClosedRange<Double>)
    case integerRange(ClosedRange<Int>)
    case points([LookupPoint])
    case band(QualityRule.Band)
    /// The word that stands for none.
    case nothing
    case group(FormMembers)
    case list([FormMembers])
    case choices([FormChoice])
}

/// The members of a group, read by their forms.
struct FormMembers {
    private(set) var values: [String: FormValue] = [:]
    /// Where the group stands; empty for one that is not there.
    private(set) var place = ""
    /// What stands before its members' names in problems.
    private var prefix = ""
    private var places: [String: String] = [:]

    /// Makes a group without members.
    init() {}

    /// Makes a group that knows where each of its members stands.
    init(_ reader: MemberReader, _ forms: [MemberForm]) {
        place = reader.groupPlace
        prefix = reader.prefix
        for form in forms { places[form.name] = reader.place(form.name) }
    }

    /// Something wrong with a member, found when more was known.
    func problem(_ name: String, _ text: String) -> Problem {
        Problem(places[name] ?? place, "'\(prefix)\(name)' \(text)")
    }

    /// A member, whatever it is.
    subscript(_ name: String) -> FormValue? {
        get { values[name] }
        set { values[name] = newValue }
    }

    func text(_ name: String) -> String? { if case .text(let text)? = values[name] { text } else { nil } }
    func texts(_ name: String) -> [String] { if case .texts(let texts)? = values[name] { texts } else { [] } }
    func integer(_ name: String) -> Int? { if case .integer(let number)? = values[name] { number } else { nil } }
    func device(_ name: String) -> DeviceID? { if case .device(let device)? = values[name] { device } else { nil } }
    func devices(_ name: String) -> [DeviceID] { if case .devices(let list)? = values[name] { list } else { [] } }
    func output(_ name: String) -> OutputAddress? {
        if case .output(let output)? = values[name] { output } else { nil }
    }
    func outputs(_ name: String) -> [PlacedOutput] { if case .outputs(let list)? = values[name] { list } else { [] } }
    func pins(_ name: String) -> [Int] { if case .pins(let pins)? = values[name] { pins } else { [] } }
    func number(_ name: String) -> Double? { if case .number(let number)? = values[name] { number } else { nil } }
    func range(_ name: String) -> ClosedRange<Double>? {
        if case .range(let range)? = values[name] { range } else { nil }
    }
    func integerRange(_ name: String) -> ClosedRange<Int>? {
        if case .integerRange(let range)? = values[name] { range } else { nil }
    }
    func group(_ name: String) -> FormMembers? { if case .group(let group)? = values[name] { group } else { nil } }
    func list(_ name: String) -> [FormMembers] { if case .list(let list)? = values[name] { list } else { [] } }
    func choices(_ name: String) -> [FormChoice] {
        if case .choices(let choices)? = values[name] { choices } else { [] }
    }

    /// A member whose words are those of an enumeration.
    func word<Word: RawRepresentable<String>>(_ name: String, as type: Word.Type = Word.self) -> Word? {
        text(name).flatMap(Word.init(rawValue:))
    }
}

/// One item of a list of outputs.
struct PlacedOutput {
    /// The output.
    let output: OutputAddress
    /// Where it stands.
    let place: String
}

/// One item of a list of choices.
struct FormChoice {
    /// The name of the one member that was chosen.
    let name: String
    /// What it held.
    let value: FormValue
    /// The other members of the item.
    let others: FormMembers
    /// Where it stands.
    let place: String

    /// The members of a choice that is a group.
    var members: FormMembers { if case .group(let group) = value { group } else { FormMembers() } }
}
