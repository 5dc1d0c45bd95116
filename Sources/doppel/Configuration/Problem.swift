/// One thing that is wrong with what a person wrote, and where.
struct Problem: Sendable, Equatable, CustomStringConvertible {
    /// Where: `config/doppel.yaml:12:3`, `environment DOPPEL_HTTP_PORT`, `--http-port`.
    let place: String
    /// What is wrong, and what would be right.
    let text: String

    /// Puts a problem together.
    init(_ place: String, _ text: String) {
        self.place = place
        self.text = text
    }

    /// The place first, so that editors and terminals can jump to it.
    var description: String { "\(place): \(text)" }
}

/// Everything that is wrong, found in one go.
struct Problems: Error, Sendable, Equatable, CustomStringConvertible {
    /// The problems in the order of their places; never empty.
    let list: [Problem]

    /// Wraps the problems that were found.
    init(_ list: [Problem]) {
        precondition(!list.isEmpty, "an error without a problem")
        self.list = list
    }

    /// One problem a line.
    var description: String { list.map(\.description).joined(separator: "\n") }
}
