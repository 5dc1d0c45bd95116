/// The name of one ESP32 device, as it stands in its topics.
///
/// Either `ESP_` and 6 to 8 upper-case hexadecimal digits, or `MOCK_` and upper-case letters and digits.
public struct DeviceID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The longest name accepted, in bytes.
    public static let maximumLength = 32

    /// The name.
    public let description: String

    /// Accepts a well-formed name; `nil` for any other text.
    public init?(_ text: String) {
        let bytes = text.utf8
        guard bytes.count <= Self.maximumLength else { return nil }
        if text.hasPrefix("ESP_") {
            let digits = bytes.dropFirst(4)
            guard (6...8).contains(digits.count), digits.allSatisfy(Self.isUpperHexDigit) else { return nil }
        } else if text.hasPrefix("MOCK_") {
            let rest = bytes.dropFirst(5)
            guard !rest.isEmpty, rest.allSatisfy(Self.isUpperLetterOrDigit) else { return nil }
        } else {
            return nil
        }
        description = text
    }

    /// Orders by name, byte by byte.
    public static func < (left: Self, right: Self) -> Bool { left.description < right.description }

    private static func isUpperHexDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
    }

    private static func isUpperLetterOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}

extension DeviceID: Codable {
    /// Reads a name; throws when it is not well formed.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let id = Self(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is no device id")
        }
        self = id
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
