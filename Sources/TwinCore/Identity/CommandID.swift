/// The name of one command; the device echoes it as its correlation id.
public struct CommandID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The longest id a device can hold, in bytes.
    public static let maximumLength = 63

    /// The id.
    public let description: String

    /// Wraps an id of ours; a longer one than a device can hold is our own bug.
    public init(_ text: String) {
        precondition((1...Self.maximumLength).contains(text.utf8.count), "command id '\(text)' does not fit a device")
        description = text
    }

    /// Accepts an id from outside; `nil` when no command of ours can bear it.
    public init?(fromOutside text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count) else { return nil }
        description = text
    }

    /// Reads the id.
    public init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the id.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
