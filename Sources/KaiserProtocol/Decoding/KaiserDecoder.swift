public import TwinCore

/// Bytes from the broker to messages of the twins.
///
/// Strict in form (see ``JSONObject``), generous in spelling: every alias of the contract is understood, members
/// nobody knows are ignored, deviations that do no harm are kept as flags of the message. Neither reads a clock nor
/// keeps a state, so whether a device is known or a message too old is judged elsewhere.
public enum KaiserDecoder {
    /// The largest payload accepted, in bytes.
    public static let maximumPayloadBytes = JSONObject.maximumPayloadBytes

    /// Decodes one message: first its topic, then its size, then its payload.
    ///
    /// - Parameters:
    ///   - topic: The topic's bytes.
    ///   - payload: The payload's bytes.
    ///   - isRetained: Whether the broker kept the message from an earlier time.
    /// - Returns: What the device says, or that the message is one of our own, whatever its payload.
    /// - Throws: A refusal whose detail names the member and what would be right.
    public static func decode(
        topic: Span<UInt8>, payload: Span<UInt8>, isRetained: Bool
    ) throws(Refusal) -> Decoded {
        switch try Topic(topic) {
        case .own(let own): return .own(own)
        case .report(let address, let subject, let number):
            let gpio = try gpio(number, for: subject)
            // What the broker kept proves nothing about the present: no presence, no output, no answer.
            if isRetained, subject != .will, subject != .sensorData, !payload.isEmpty {
                throw Refusal(.retained, "the broker kept this message; only live ones count here")
            }
            let reader = MessageReader(
                object: try JSONObject(payload), device: address.device, gpio: gpio, isRetained: isRetained)
            let message: DeviceMessage
            switch subject {
            case .sensorData: message = .sensor(try reader.sensorReport(payload))
            case .heartbeat: message = .heartbeat(try reader.heartbeat(payload))
            case .heartbeatMetrics: message = .metrics(try reader.heartbeatMetrics(payload))
            case .announcement: message = .announcement(try reader.announcement(payload))
            case .will: message = .will(try reader.will(payload))
            case .actuatorStatus: message = .actuatorStatus(try reader.actuatorStatus(payload))
            case .actuatorResponse: message = .actuatorResponse(try reader.actuatorResponse(payload))
            case .actuatorAlert: message = .actuatorAlert(try reader.actuatorAlert(payload))
            case .emergencyAcknowledgement: message = .emergency(try reader.emergencyAcknowledgement(payload))
            case .emergencyError: message = .emergency(try reader.emergencyError(payload))
            case .emergencyResponse: message = .emergency(try reader.emergencyResponse(payload))
            case .recovery: message = .emergency(try reader.recovery(payload))
            }
            return .report(DeviceReport(kaiser: address.kaiser, device: address.device, message: message))
        }
    }

    /// Judges the pin of a topic; `nil` for the whole device, which only alerts may mean.
    private static func gpio(_ number: Int, for subject: Topic.Subject) throws(Refusal) -> GPIO? {
        if let gpio = GPIO(number) { return gpio }
        if number == GPIO.wholeDevice, subject == .actuatorAlert { return nil }
        throw Refusal(.outOfRange, "the topic's gpio is \(number), not 0 to \(GPIO.maximum)")
    }
}
