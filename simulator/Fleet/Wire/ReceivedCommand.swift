import KaiserProtocol

/// An actuator command as the firmware reads it.
struct ReceivedCommand: Sendable, Equatable {
    /// The words the firmware knows, in any case.
    enum Verb: String, Sendable {
        case on = "ON"
        case off = "OFF"
        case pwm = "PWM"
        case toggle = "TOGGLE"

        /// What the device answers when the driver refuses.
        var failure: String {
            switch self {
            case .on: "Failed to turn actuator ON"
            case .off: "Failed to turn actuator OFF"
            case .pwm: "Failed to set actuator PWM"
            case .toggle: "Failed to toggle actuator"
            }
        }
    }

    /// The longest duration believed, in seconds: a year, so that no deadline overflows.
    static let maximumDurationSeconds: Int64 = 31_536_000

    /// The word as received; empty when there was none.
    let word: String
    /// The value; `nil` when there was none.
    let value: Double?
    /// After how many seconds an ON ends by itself; 0 for never.
    let durationSeconds: Int64
    /// What the response echoes.
    let correlation: String?
    /// Who asked.
    let issuedBy: String?

    init(_ message: borrowing ReceivedPayload) {
        word = message.text("command") ?? ""
        value = message.number("value")
        durationSeconds = min(max(message.integer("duration") ?? 0, 0), Self.maximumDurationSeconds)
        correlation = message.text("correlation_id").map(Firmware.buffered)
        issuedBy = message.text("issued_by").map(Firmware.buffered)
    }

    /// The command; `nil` for a word the firmware does not know.
    var verb: Verb? { Verb(rawValue: word.uppercased()) }
}
