import Yams

/// Reads settings from the YAML file: groups are nested, so `http.port` is the member `port` of the group `http`.
struct ConfigurationFile {
    /// Where it lies when nobody says otherwise.
    static let defaultPath = "config/doppel.yaml"

    /// The settings that were found, by key.
    private(set) var settings: [ConfigurationKey: Setting] = [:]
    /// What is wrong with it.
    private(set) var problems: [Problem] = []

    private let yaml: YAMLText

    /// Reads every member of the file.
    init(_ yaml: YAMLText) {
        self.yaml = yaml
        guard let root = yaml.root, !root.isNull else { return }
        readGroup(root, path: "")
    }

    private mutating func readGroup(_ node: Node, path: String) {
        guard case .mapping(let members) = node else {
            let name = path.isEmpty ? "the file" : "'\(path)'"
            problems.append(
                Problem(yaml.place(of: node), "\(name) must be a group of members, not \(node.kindInWords)"))
            return
        }
        for (name, value) in members {
            guard let word = name.scalar?.string else {
                problems.append(Problem(yaml.place(of: name), "the name of a member must be a word"))
                continue
            }
            let memberPath = path.isEmpty ? word : "\(path).\(word)"
            if let key = ConfigurationKey(rawValue: memberPath) {
                readValue(value, of: key)
            } else if Self.groups.contains(memberPath) {
                // A group whose members are all commented out parses as nothing.
                if !value.isNull { readGroup(value, path: memberPath) }
            } else {
                let nearest = NearestWord.to(memberPath, among: ConfigurationKey.allCases.map(\.path) + Self.groups)
                problems.append(
                    Problem(
                        yaml.place(of: name),
                        "unknown key '\(memberPath)'" + (nearest.map { "; did you mean '\($0)'?" } ?? "")))
            }
        }
    }

    private mutating func readValue(_ node: Node, of key: ConfigurationKey) {
        let place = yaml.place(of: node)
        guard let scalar = node.scalar, Self.fits(node, key.rule) else {
            let found = key.isSecret ? "" : ", not \(node.kindInWords)"
            problems.append(Problem(place, "'\(key.path)' must be \(key.rule.demand)\(found)"))
            return
        }
        settings[key] = Setting(node.isNull ? nil : scalar.string, from: .file(place: place))
    }

    /// Whether the node's YAML type is the one the rule wants; whether the value is right is judged with all others.
    private static func fits(_ node: Node, _ rule: ConfigurationKey.Rule) -> Bool {
        switch rule {
        case .broker, .text, .word, .timeZone: node.type == .str
        case .optionalText, .history, .channel: node.type == .str || node.isNull
        case .integer: node.type == .int
        case .boolean: node.type == .bool
        }
    }

    private static let groups: [String] = {
        var found: [String] = []
        for key in ConfigurationKey.allCases {
            let parts = key.path.split(separator: ".").dropLast()
            for length in parts.indices {
                let group = parts[...length].joined(separator: ".")
                if !found.contains(group) { found.append(group) }
            }
        }
        return found
    }()
}
