import TwinCore

/// A topic, understood as far as it says what its payload is.
enum Topic: Equatable {
    /// What a device's message is about.
    enum Subject: Equatable {
        case sensorData, sensorBatch, measurement, processingRequest
        case heartbeat, heartbeatMetrics, announcement, will
        case actuatorStatus, actuatorResponse, actuatorAlert
        case emergencyAcknowledgement, emergencyError, emergencyResponse, recovery
        case diagnostics, error, queuePressure, status, safeMode, credentials, busScan
        case intentOutcome, intentLifecycle
        case configurationResponse, sensorConfiguration, actuatorConfiguration
        case zoneAnswer, subzoneAnswer, subzoneStatus, systemAnswer
        case library(LibraryStep)
    }

    /// Which step of the transfer of a library a device's message is about.
    enum LibraryStep: Equatable {
        case request, ready, chunkAcknowledgement, chunkRequest, finished, installed, error, abort
    }

    /// What a server's message is about, where it matters who it is from; its device where the topic has one.
    enum OrderKind: Equatable {
        case command(DeviceAddress, GPIO)
        case emergency(DeviceAddress?)
        case claim, other
    }

    /// A device's message. The number is the `{gpio}` level, not yet judged; 0 where the topic has none.
    case report(DeviceAddress, Subject, Int)
    /// A device announces itself below the relay of the topic; which device, its payload says.
    case discovery(KaiserID)
    /// A relay's message about itself.
    case relay(KaiserID)
    /// A message that only a server sends.
    case order(OrderKind)

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
            case .command, .emergency:
                // An order for a device that cannot be is nobody's, and surely not everybody's.
                guard let address = Self.address(kaiser, device, bytes) else {
                    self = .order(.other)
                    return
                }
                self = .order(pattern.meaning == .emergency ? .emergency(address) : Self.command(address, gpio))
            case .server: self = .order(.other)
            case .discovery, .relay, .claim, .unsupported: throw Refusal(.unsupportedTopic, pattern.shape)
            }
            return
        }
        throw Refusal(.unknownTopic, TopicShape.unknown(bytes))
    }

    /// Understands the topics that belong to no one device.
    private init(site bytes: Span<UInt8>, from start: Int) throws(Refusal) {
        for pattern in TopicPattern.site {
            guard let gpio = pattern.match(bytes, from: start) else { continue }
            switch pattern.meaning {
            case .report(let subject):
                let (kaiser, device) = (TopicPattern.level(1, bytes), TopicPattern.level(5, bytes))
                self = .report(try Self.required(kaiser, device, bytes), subject, gpio)
            case .discovery: self = .discovery(try Self.required(TopicPattern.level(1, bytes), bytes))
            case .relay: self = .relay(try Self.required(TopicPattern.level(3, bytes), bytes))
            case .emergency: self = .order(.emergency(nil))
            case .claim: self = .order(.claim)
            case .server, .command: self = .order(.other)
            case .unsupported: throw Refusal(.unsupportedTopic, pattern.shape)
            }
            return
        }
        throw Refusal(.unknownTopic, TopicShape.unknown(bytes))
    }

    private static func command(_ address: DeviceAddress, _ number: Int) -> OrderKind {
        GPIO(number).map { .command(address, $0) } ?? .other
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

    private static func required(_ kaiser: Range<Int>, _ bytes: Span<UInt8>) throws(Refusal) -> KaiserID {
        if let kaiser = kaiserID(kaiser, bytes) { return kaiser }
        throw Refusal(.unknownTopic, "the topic's kaiser id is not 1 to \(KaiserID.maximumLength) of A-Z a-z 0-9 _")
    }

    private static func required(
        _ kaiser: Range<Int>, _ device: Range<Int>, _ bytes: Span<UInt8>
    ) throws(Refusal) -> DeviceAddress {
        if let address = address(kaiser, device, bytes) { return address }
        _ = try required(kaiser, bytes)
        throw Refusal(
            .invalidDeviceID, "the topic's device id is neither ESP_ with 6 to 8 digits 0-9 A-F nor MOCK_ with A-Z 0-9")
    }
}
