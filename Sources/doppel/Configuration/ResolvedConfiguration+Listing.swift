import PostgresHistory
import Yams

extension ResolvedConfiguration {
    /// The whole configuration as YAML that could be used as it is, except for hidden secrets.
    ///
    /// Each line ends with a comment that says where its value came from.
    var listing: String {
        var lines = ["# The configuration in force: flags before environment before the file before defaults."]
        var open: [Substring] = []
        for key in ConfigurationKey.allCases {
            let parts = key.path.split(separator: ".")
            let groups = Array(parts.dropLast())
            let shared = zip(open, groups).prefix { $0 == $1 }.count
            for depth in shared..<groups.count { lines.append("\(Self.indent(depth))\(groups[depth]):") }
            open = groups
            let origin = settings[key]?.origin ?? .fallback
            lines.append("\(Self.indent(groups.count))\(parts[parts.count - 1]): \(shown(key))  # \(origin)")
        }
        return lines.joined(separator: "\n")
    }

    private func shown(_ key: ConfigurationKey) -> String {
        guard let text = settings[key]?.text, !text.isEmpty else { return "~" }
        switch key.rule {
        case .integer, .boolean, .word, .timeZone, .channel: return text
        case .broker: return Self.quoted(configuration.broker.redacted)
        case .history: return Self.quoted(configuration.history?.description ?? "")
        case .text, .optionalText: return Self.quoted(text)
        }
    }

    private static func indent(_ depth: Int) -> String { String(repeating: "  ", count: depth) }

    /// A text as a YAML scalar that is read as text again.
    private static func quoted(_ text: String) -> String {
        let isHarmless = text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "./:@*_-".contains($0)) }
        // An alias begins with a star, a list with a dash; `yes` and `12` are no texts.
        let isPlain = isHarmless && text.first.map { !"*-@:".contains($0) } == true && !text.hasSuffix(":")
        return isPlain && Node(text).type == .str ? text : "'\(text.replacing("'", with: "''"))'"
    }
}
