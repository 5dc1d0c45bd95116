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
    /// - Returns: What the device, the relay or a server says; on a server's topic nothing is refused.
    /// - Throws: A refusal whose detail names the member and what would be right.
    public static func decode(
        topic: Span<UInt8>, payload: Span<UInt8>, isRetained: Bool
    ) throws(Refusal) -> Decoded {
        switch try Topic(topic) {
        case .order(let kind):
            return .order(OrderReader.order(kind, topic: topic, payload: payload, isRetained: isRetained))
        case .report(let address, let subject, let number):
            let gpio = try gpio(number, for: subject)
            if subject != .will, subject != .sensorData { try checkLive(isRetained, payload) }
            let reader = MessageReader(
                object: try JSONObject(payload), device: address.device, gpio: gpio, isRetained: isRetained)
            let message =
                subject == .sensorData
                ? .sensor(try reader.sensorReport(payload)) : try reader.message(subject, payload)
            return .report(DeviceReport(kaiser: address.kaiser, device: address.device, message: message))
        case .discovery(let kaiser):
            try checkLive(isRetained, payload)
            let object = try JSONObject(payload)
            let device = try MessageReader.device(in: object, payload)
            let reader = MessageReader(object: object, device: device, gpio: nil, isRetained: isRetained)
            let message = DeviceMessage.hardware(try reader.hardware(payload))
            return .report(DeviceReport(kaiser: kaiser, device: device, message: message))
        case .relay(let relay):
            try checkLive(isRetained, payload)
            let reader = MessageReader(
                object: try JSONObject(payload), device: nil, gpio: nil, isRetained: isRetained)
            return .relay(try reader.relayHeartbeat(relay, payload))
        }
    }

    /// Refuses what the broker kept: it proves nothing about the present, no presence, no output, no answer.
    private static func checkLive(_ isRetained: Bool, _ payload: Span<UInt8>) throws(Refusal) {
        guard !isRetained || payload.isEmpty else {
            throw Refusal(.retained, "the broker kept this message; only live ones count here")
        }
    }

    /// Judges the pin of a topic; `nil` for the whole device, which only alerts may mean.
    private static func gpio(_ number: Int, for subject: Topic.Subject) throws(Refusal) -> GPIO? {
        if let gpio = GPIO(number) { return gpio }
        if number == GPIO.wholeDevice, subject == .actuatorAlert { return nil }
        throw Refusal(.outOfRange, "the topic's gpio is \(number), not 0 to \(GPIO.maximum)")
    }
}
