/// The second topic level: which relay a device belongs to; `god` unless reassigned.
public struct KaiserID: Sendable, Hashable, CustomStringConvertible {
    /// The longest id a device can store, in bytes.
    public static let maximumLength = 63
    /// The default.
    public static let god = Self(unchecked: "god")

    /// The id.
    public let description: String

    /// Accepts 1 to 63 letters, digits and underscores; `nil` for any other text.
    public init?(_ text: String) {
        let isWord: (UInt8) -> Bool = { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy(isWord) else { return nil }
        description = text
    }

    private init(unchecked text: String) { description = text }
}

extension KaiserID: Codable {
    /// Reads an id; throws when it is not well formed.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no kaiser id")
        }
        self = id
    }

    /// Writes the id.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
