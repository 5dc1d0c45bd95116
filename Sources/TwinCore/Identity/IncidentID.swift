/// The name of one emergency stop, from its trigger to its clearing.
public struct IncidentID: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The name.
    public let description: String

    /// Wraps a name of ours.
    public init(_ text: String) { description = text }

    /// Reads the name.
    public init(from decoder: any Decoder) throws {
        description = try decoder.singleValueContainer().decode(String.self)
    }

    /// Writes the name.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
