import Foundation

/// States as they are stored, taken apart and put together again.
enum Stored {
    static func members(of value: some Encodable) throws -> [String: Any] {
        try self.value(of: value) as? [String: Any] ?? [:]
    }

    static func value(of value: some Encodable) throws -> Any {
        try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
    }

    static func decode<Value: Decodable>(_ members: [String: Any]) throws -> Value {
        try JSONDecoder().decode(Value.self, from: JSONSerialization.data(withJSONObject: members))
    }
}
