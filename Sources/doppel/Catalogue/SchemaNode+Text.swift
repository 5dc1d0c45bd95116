extension SchemaNode {
    /// The node as JSON text, indented by two blanks; the same node gives the same text.
    var json: String {
        var text = ""
        write(to: &text, indent: 0)
        return text
    }

    private func write(to text: inout String, indent: Int) {
        switch self {
        case .text(let value): Self.write(value, to: &text)
        case .number(let value): text += Int(exactly: value).map { String($0) } ?? String(value)
        case .integer(let value): text += String(value)
        case .boolean(let value): text += value ? "true" : "false"
        case .list(let items): writeList(items, to: &text, indent: indent)
        case .group(let members):
            guard !members.isEmpty else { return text += "{}" }
            text += "{"
            for (index, member) in members.enumerated() {
                text += (index == 0 ? "\n" : ",\n") + Self.blanks(indent + 1)
                Self.write(member.name, to: &text)
                text += ": "
                member.value.write(to: &text, indent: indent + 1)
            }
            text += "\n\(Self.blanks(indent))}"
        }
    }

    /// Short plain items share a line.
    private func writeList(_ items: [SchemaNode], to text: inout String, indent: Int) {
        let isPlain = items.allSatisfy(\.isPlain)
        text += "["
        for (index, item) in items.enumerated() {
            if isPlain {
                text += index == 0 ? "" : ", "
            } else {
                text += (index == 0 ? "\n" : ",\n") + Self.blanks(indent + 1)
            }
            item.write(to: &text, indent: indent + 1)
        }
        text += isPlain ? "]" : "\n\(Self.blanks(indent))]"
    }

    private var isPlain: Bool {
        switch self {
        case .text, .number, .integer, .boolean: true
        case .list, .group: false
        }
    }

    private static func blanks(_ indent: Int) -> String { String(repeating: "  ", count: indent) }

    /// Writes a JSON string (RFC 8259, section 7).
    private static func write(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
