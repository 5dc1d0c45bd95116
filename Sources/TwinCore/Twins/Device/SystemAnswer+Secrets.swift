extension SystemAnswer {
    /// The most bytes kept of an answer's members, names included; a device's own limit is 1536.
    static let maximumKeptBytes = 4096

    /// The command's word as the firmware compares it.
    var word: String { command.lowercased() }

    /// The answer as facts hold it: bounded, and without what a configuration dump says of passwords and tokens.
    ///
    /// Members past the bound are left out, in the order of their names.
    var withoutSecrets: SystemAnswer {
        var kept: [String: String] = [:]
        var bytes = 0
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let shown = Self.isSecret(name, value) ? "hidden" : value
            bytes += name.utf8.count + shown.utf8.count
            guard bytes <= Self.maximumKeptBytes else { break }
            kept[name] = shown
        }
        var answer = self
        answer.members = kept
        return answer
    }

    /// Whether a member holds a secret, or is a nested object with one.
    private static func isSecret(_ name: String, _ value: String) -> Bool {
        if SecretName.isSecret(name) { return true }
        return (value.hasPrefix("{") || value.hasPrefix("[")) && SecretName.isNamed(in: value)
    }
}
