import Foundation

@testable import Gateway

extension JSONValue {
    /// Reads JSON text; members come in the order of their names.
    init(parsing text: String) throws {
        self = try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
    }

    /// The value at a path of member names and array places, such as `items.0.id`.
    func at(_ path: String) -> JSONValue? {
        path.split(separator: ".").reduce(Optional(self)) { value, step in
            guard case .array(let elements)? = value, let index = Int(step) else { return value?[String(step)] }
            return elements.indices.contains(index) ? elements[index] : nil
        }
    }

    /// The names of an object's members.
    var names: [String] { members.map(\.name) }
}
