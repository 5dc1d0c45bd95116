/// What Doppel knows about a kind of sensor.
public struct SensorKind: Sendable, Equatable {
    /// The canonical wire word, such as `ds18b20`.
    public let name: String
    /// Other words that devices use for it.
    public let aliases: [String]
    /// The unit of processed values.
    public let unit: String
    /// The physical range of processed values; outside, the quality is critical.
    public let range: ClosedRange<Double>
    /// How raw values become processed ones.
    public let conversion: Conversion
    /// After how long without a sample the value counts as stale, in seconds; `nil` for never.
    public let staleAfterSeconds: Int?

    /// Puts a kind together.
    public init(
        name: String, aliases: [String], unit: String, range: ClosedRange<Double>, conversion: Conversion,
        staleAfterSeconds: Int?
    ) {
        self.name = name
        self.aliases = aliases
        self.unit = unit
        self.range = range
        self.conversion = conversion
        self.staleAfterSeconds = staleAfterSeconds
    }
}

/// How a raw value becomes a processed one; each case names a documented formula of `Conversion+Formulas.swift`.
public enum Conversion: String, Sendable, Codable, CaseIterable {
    case ds18b20
    case sht31Temperature = "sht31_temperature"
    case sht31Humidity = "sht31_humidity"
    case ph
    case ec
    case moisture
}
