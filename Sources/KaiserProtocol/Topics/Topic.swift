import TwinCore

/// A topic, understood as far as it says what its payload is.
enum Topic: Equatable {
    /// What a device's message is about, where this version decodes it.
    enum Subject: Equatable {
        case sensorData, heartbeat, heartbeatMetrics, announcement, will
        case actuatorStatus, actuatorResponse, actuatorAlert
        case emergencyAcknowledgement, emergencyError, emergencyResponse, recovery
    }

    /// A device's message. The number is the `{gpio}` level, not yet judged; 0 where the topic has none.
    case report(DeviceAddress, Subject, Int)
    /// A message of our own.
    case own(OwnTopic)

    /// The longest topic looked at, in bytes; the contract's longest has fewer.
    static let maximumBytes = 256

    /// Understands a topic.
    ///
    /// - Throws: `.invalidDeviceID`; `.unsupportedTopic` for a topic of the contract that is not decoded;
    ///   `.unknownTopic` for any other. The detail is the topic's shape, in which ids and numbers are replaced.
    init(_ bytes: Span<UInt8>) throws(Refusal) {
        let first = 7
        guard bytes.count <= Self.maximumBytes, JSONText.equals(bytes, 0, min(first, bytes.count), "kaiser/") else {
            throw Refusal(.unknownTopic, TopicShape.unknown(bytes))
        }
        let kaiserEnd = TopicPattern.levelEnd(bytes, first)
        let device = kaiserEnd + 5
        if device < bytes.count, JSONText.equals(bytes, kaiserEnd, device, "/esp/") {
            try self.init(kaiser: first..<kaiserEnd, device: device..<TopicPattern.levelEnd(bytes, device), bytes)
        } else {
            try self.init(site: bytes, from: first)
        }
    }

    /// Understands `kaiser/{kaiser}/esp/{id}/…`.
    private init(kaiser: Range<Int>, device: Range<Int>, _ bytes: Span<UInt8>) throws(Refusal) {
        for pattern in TopicPattern.device {
            guard let gpio = pattern.match(bytes, from: device.upperBound + 1) else { continue }
            switch pattern.meaning {
            case .report(let subject):
                self = .report(try Self.required(kaiser, device, bytes), subject, gpio)
            case .later:
                _ = try Self.required(kaiser, device, bytes)
                throw Refusal(.unsupportedTopic, pattern.shape)
            case .ownCommand:
                if let address = Self.address(kaiser, device, bytes), let gpio = GPIO(gpio) {
                    self = .own(.actuatorCommand(address, gpio))
                } else {
                    self = .own(.other)
                }
            case .own: self = .own(.other)
            }
            return
        }
        throw Refusal(.unknownTopic, TopicShape.unknown(bytes))
    }

    /// Understands the topics that belong to no one device.
    private init(site bytes: Span<UInt8>, from start: Int) throws(Refusal) {
        for pattern in TopicPattern.site where pattern.match(bytes, from: start) != nil {
            guard pattern.meaning == .own else { throw Refusal(.unsupportedTopic, pattern.shape) }
            self = .own(.other)
            return
        }
        throw Refusal(.unknownTopic, TopicShape.unknown(bytes))
    }

    private static func address(_ kaiser: Range<Int>, _ device: Range<Int>, _ bytes: Span<UInt8>) -> DeviceAddress? {
        guard let kaiser = kaiserID(kaiser, bytes), !device.isEmpty, device.count <= DeviceID.maximumLength,
            TopicShape.isPrintable(bytes, device.lowerBound, device.upperBound),
            let device = DeviceID(JSONText.plain(bytes, device.lowerBound, device.upperBound))
        else { return nil }
        return DeviceAddress(kaiser: kaiser, device: device)
    }

    private static func kaiserID(_ range: Range<Int>, _ bytes: Span<UInt8>) -> KaiserID? {
        if JSONText.equals(bytes, range.lowerBound, range.upperBound, "god") { return .god }
        guard !range.isEmpty, range.count <= KaiserID.maximumLength,
            TopicShape.isPrintable(bytes, range.lowerBound, range.upperBound)
        else { return nil }
        return KaiserID(JSONText.plain(bytes, range.lowerBound, range.upperBound))
    }

    private static func required(
        _ kaiser: Range<Int>, _ device: Range<Int>, _ bytes: Span<UInt8>
    ) throws(Refusal) -> DeviceAddress {
        if let address = address(kaiser, device, bytes) { return address }
        if kaiserID(kaiser, bytes) == nil { throw Refusal(.unknownTopic, "the topic's kaiser id is not well formed") }
        throw Refusal(
            .invalidDeviceID, "the topic's device id is neither ESP_ with 6 to 8 digits 0-9 A-F nor MOCK_ with A-Z 0-9")
    }
}
