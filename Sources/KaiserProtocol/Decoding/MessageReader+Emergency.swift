import TwinCore

extension MessageReader {
    private static let outputRange = 0...255

    /// Reads `actuator/emergency/ack`.
    ///
    /// Any outcome but `executed` is a refusal by the device.
    func emergencyAcknowledgement(_ bytes: Span<UInt8>) throws(Refusal) -> EmergencyReport {
        try checkDevice(isRequired: true, bytes)
        let outcome = try Self.required(try word("outcome", bytes), "outcome")
        switch try word("command", bytes) {
        case "emergency_stop", "stop_all", nil: break
        case let word?: throw Refusal(.unknownValue, "command '\(word)' is no stop")
        }
        let outputs = try object.integer("gpio_count", Self.outputRange, in: bytes)
        guard outcome == "executed" else { return .refused(error: outcome, message: "the stop was not executed") }
        return .acknowledged(correlation: try correlation(bytes), outputs: outputs)
    }

    /// Reads `actuator/emergency/error`.
    func emergencyError(_ bytes: Span<UInt8>) throws(Refusal) -> EmergencyReport {
        try checkDevice(isRequired: false, bytes)
        let error = try Self.required(try word("error", bytes), "error")
        return .refused(error: error, message: try freeText("message", bytes))
    }

    /// Reads `actuator/emergency/response`; its `timestamp` counts the device's uptime and says nothing here.
    func emergencyResponse(_ bytes: Span<UInt8>) throws(Refusal) -> EmergencyReport {
        try checkDevice(isRequired: false, bytes)
        _ = try object.number("timestamp", in: bytes)
        return .clearAnswered(status: try Self.required(try word("status", bytes), "status"))
    }

    /// Reads `actuator/recovery_confirm`.
    func recovery(_ bytes: Span<UInt8>) throws(Refusal) -> EmergencyReport {
        try checkDevice(isRequired: true, bytes)
        let state = try Self.required(try word("state", bytes), "state")
        guard state == "cleared" else { throw Refusal(.unknownValue, "state '\(state)' is not cleared") }
        return .recovered(correlation: try correlation(bytes))
    }
}
