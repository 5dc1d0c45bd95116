/// Why a wish cannot be taken in.
public struct ConfigurationProblem: Error, Sendable, Equatable {
    /// What a pin is taken by.
    public enum Conflict: String, Sendable {
        /// The board's own use: flash, serial line, an input that cannot drive, a converter that WiFi takes.
        case system
        /// Another sensor.
        case sensor
        /// Another actuator, or its second pin.
        case actuator
        /// Something that the device itself reported.
        case deviceReserved = "esp_reserved"
    }

    /// Where, as the API writes it, such as `actuators/26/name`.
    public let path: String
    /// What was wrong and what would be right.
    public let detail: String
    /// What a pin is taken by; `nil` for any other problem.
    public let conflict: Conflict?

    /// Puts a problem together.
    public init(path: String, detail: String, conflict: Conflict? = nil) {
        self.path = path
        self.detail = detail
        self.conflict = conflict
    }
}
