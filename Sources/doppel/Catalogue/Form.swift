/// What a member of a model's file may hold; the parser and the schema are both made from it.
indirect enum Form: Sendable {
    /// One of some words.
    case word([String])
    /// A word as devices use it.
    case wireWord
    /// A list of such words.
    case wireWords
    /// A list of some words.
    case words([String])
    /// A text of so many characters.
    case text(ClosedRange<Int>)
    /// A whole number.
    case integer(ClosedRange<Int>)
    /// A whole number, or a word that stands for none.
    case integerOrWord(ClosedRange<Int>, String)
    /// A number.
    case number
    /// A number above 0.
    case positiveNumber
    /// A part of a whole: a number above 0, at most 1.
    case share
    /// Two numbers from 0 to 1, the lower one first.
    case shareRange
    /// Two numbers, the lower one first.
    case range
    /// Two whole numbers within bounds, the lower one first.
    case integerRange(ClosedRange<Int>)
    /// A list of different pins.
    case pins
    /// A device's name.
    case device
    /// A list of so many different devices.
    case devices(ClosedRange<Int>)
    /// An output: its device and its pin, such as `ESP_7C19F2/26`.
    case output
    /// A list of so many different outputs.
    case outputs(ClosedRange<Int>)
    /// A list of so many numbers.
    case numbers(ClosedRange<Int>)
    /// A list of so many points, each [x, y], with rising x.
    case points(ClosedRange<Int>)
    /// Which values a rule is for.
    case band
    /// Nothing: the member's name says it all, and may stand alone.
    case nothing
    /// A group of members.
    case group([MemberForm])
    /// A list of so many groups.
    case groups([MemberForm], ClosedRange<Int>)
    /// A list of so many items, each a group of exactly one of the first members, and any of the others.
    case choices([MemberForm], with: [MemberForm], ClosedRange<Int>)
}

/// A member of a group in a model's file.
struct MemberForm: Sendable {
    /// Its name.
    let name: String
    /// What it may hold.
    let form: Form
    /// Whether it must be there.
    let isRequired: Bool
    /// What it says, for editors to show.
    let text: String

    /// Describes a member.
    init(_ name: String, _ form: Form, isRequired: Bool = true, _ text: String) {
        self.name = name
        self.form = form
        self.isRequired = isRequired
        self.text = text
    }
}
