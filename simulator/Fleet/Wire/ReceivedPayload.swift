import KaiserProtocol

/// A received JSON object, read as forgivingly as the firmware reads: a member of another type counts as absent
/// unless somebody asks with ``contains(_:)``.
///
/// A member that is `null` is absent.
struct ReceivedPayload: ~Copyable {
    private let bytes: [UInt8]
    private let object: JSONObject

    /// Reads a payload; `nil` when it is not one well-formed JSON object.
    init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        do { object = try JSONObject(bytes.span) } catch { return nil }
    }

    /// Whether the member is there, whatever its type.
    func contains(_ key: JSONKey) -> Bool { object.contains(key, in: bytes.span) }

    /// The member's text.
    func text(_ key: JSONKey) -> String? { (try? object.text(key, in: bytes.span)) ?? nil }

    /// The member's number.
    func number(_ key: JSONKey) -> Double? { (try? object.number(key, in: bytes.span)) ?? nil }

    /// The member's boolean.
    func boolean(_ key: JSONKey) -> Bool? { (try? object.boolean(key, in: bytes.span)) ?? nil }

    /// The member's number without its fraction; `nil` also when no time or duration can be that large.
    func integer(_ key: JSONKey) -> Int64? {
        guard let number = number(key), abs(number) < 1e15 else { return nil }
        return Int64(number)
    }

    /// The member's object.
    func nested(_ key: JSONKey) -> ReceivedPayload? {
        guard contains(key) else { return nil }
        let members = JSONSlices(bytes)
        guard let place = members.member(key.description), bytes[place.lowerBound] == UInt8(ascii: "{") else {
            return nil
        }
        return ReceivedPayload(Array(bytes[place]))
    }

    /// The bytes of each element of the member's array.
    func elements(_ key: JSONKey) -> [[UInt8]]? {
        let members = JSONSlices(bytes)
        guard let place = members.member(key.description), bytes[place.lowerBound] == UInt8(ascii: "[") else {
            return nil
        }
        return members.elements(of: place).map { Array(bytes[$0]) }
    }

    /// The whole numbers of the member's array; `nil` when it is absent or holds anything else.
    func integers(_ key: JSONKey) -> [Int]? {
        guard let elements = elements(key) else { return nil }
        let numbers = elements.compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        return numbers.count == elements.count ? numbers : nil
    }
}
