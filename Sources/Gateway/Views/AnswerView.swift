import FoundationEssentials
import TwinCore

/// The members of a device's answer as they are shown.
///
/// A device that dumps its configuration may name its passwords; what is called like a secret is not passed on.
enum AnswerView {
    /// What stands in the place of a secret.
    static let hidden: JSONValue = "(hidden)"

    /// The members by name; what the device sent as an object or a list is shown as one.
    static func json(_ members: [String: String]) -> JSONValue {
        .object(
            members.sorted { $0.key < $1.key }.map { name, text in
                .init(name: name, value: SecretName.isSecret(name) ? hidden : value(text))
            })
    }

    private static func value(_ text: String) -> JSONValue {
        guard text.first == "{" || text.first == "[" else { return .string(text) }
        guard let nested = try? JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)) else {
            return SecretName.isNamed(in: text) ? hidden : .string(text)
        }
        return cleaned(nested)
    }

    private static func cleaned(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            .object(
                members.map { .init(name: $0.name, value: SecretName.isSecret($0.name) ? hidden : cleaned($0.value)) })
        case .array(let elements): .array(elements.map(cleaned))
        case .null, .bool, .integer, .number, .string: value
        }
    }
}
