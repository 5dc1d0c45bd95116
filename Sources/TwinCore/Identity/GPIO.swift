/// A pin number of a device: 0 to 48, where 0 also stands for "on the I²C bus".
public struct GPIO: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The highest pin number accepted.
    public static let maximum = 48
    /// The number that alerts use for "the whole device"; never a pin.
    public static let wholeDevice = 255

    /// The pin number.
    public let number: UInt8

    /// Accepts 0 to 48; `nil` for any other number.
    public init?(_ number: Int) {
        guard (0...Self.maximum).contains(number) else { return nil }
        self.number = UInt8(number)
    }

    /// The pin number in decimal.
    public var description: String { String(number) }

    /// Orders by number.
    public static func < (left: Self, right: Self) -> Bool { left.number < right.number }
}

extension GPIO: Codable {
    /// Reads a pin number; throws when it is out of range.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let number = try container.decode(Int.self)
        guard let pin = Self(number) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "gpio \(number) is not 0 to 48")
        }
        self = pin
    }

    /// Writes the pin number.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(number)
    }
}
