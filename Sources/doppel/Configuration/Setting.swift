/// One value as somebody wrote it, and where.
struct Setting: Sendable, Equatable {
    /// Who said it, from the weakest to the strongest.
    enum Origin: Sendable, Equatable {
        /// Nobody.
        case fallback
        /// A line of the YAML file.
        case file(place: String)
        /// A variable of the environment.
        case environment(variable: String)
        /// A flag of the command line.
        case flag(String)
    }

    /// The text; `nil` for an explicit nothing.
    let text: String?
    /// Who said it.
    let origin: Origin

    /// Puts a setting together.
    init(_ text: String?, from origin: Origin) {
        self.text = text
        self.origin = origin
    }
}

extension Setting.Origin: CustomStringConvertible {
    /// Words that lead a person there.
    var description: String {
        switch self {
        case .fallback: "default"
        case .file(let place): place
        case .environment(let variable): "environment \(variable)"
        case .flag(let flag): "flag \(flag)"
        }
    }
}
