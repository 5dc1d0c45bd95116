import TwinCore

/// What a message of the server is about.
enum ServerTopic: Sendable, Equatable {
    case acknowledgement
    case command(GPIO)
    case deviceEmergency
    case broadcastEmergency
    case serverStatus
    case sensorCommand(GPIO)
    case systemCommand
    case configuration
    case pinConfiguration(GPIO)
    case zone
    case subzone, subzoneRemoval, subzoneSafety
    case credentials
    case processed
    case libraryStart, libraryChunk, libraryEnd

    /// Where everybody is told to stop.
    static let broadcast = "kaiser/broadcast/emergency"

    /// Where the server says whether it is there.
    static func status(_ kaiser: KaiserID) -> String { "kaiser/\(kaiser)/server/status" }

    /// Understands a topic; `nil` for one that is not the device's or that it does not obey.
    init?(_ topic: String, prefix: String, kaiser: KaiserID) {
        if topic == Self.broadcast {
            self = .broadcastEmergency
        } else if topic == Self.status(kaiser) {
            self = .serverStatus
        } else if topic.hasPrefix(prefix) {
            self.init(levels: topic.dropFirst(prefix.count).split(separator: "/", omittingEmptySubsequences: false))
        } else {
            return nil
        }
    }

    private init?(levels: [Substring]) {
        switch levels {
        case ["system", "heartbeat", "ack"]: self = .acknowledgement
        case ["system", "command"]: self = .systemCommand
        case ["actuator", "emergency"]: self = .deviceEmergency
        case ["config"]: self = .configuration
        case ["zone", "assign"]: self = .zone
        case ["subzone", "assign"]: self = .subzone
        case ["subzone", "remove"]: self = .subzoneRemoval
        case ["subzone", "safe"]: self = .subzoneSafety
        case ["mqtt", "auth_update"]: self = .credentials
        case ["pi_enhanced", "response"]: self = .processed
        case ["library", "download_start"]: self = .libraryStart
        case ["library", "chunk"]: self = .libraryChunk
        case ["library", "download_complete"]: self = .libraryEnd
        default: self.init(pinLevels: levels)
        }
    }

    private init?(pinLevels levels: [Substring]) {
        guard levels.count == 3 else { return nil }
        switch (levels[0], levels[2]) {
        case ("actuator", "command"): self.init(levels[1], Self.command)
        case ("sensor", "command"): self.init(levels[1], Self.sensorCommand)
        case ("sensor", "processed"): self.init(levels[1]) { _ in .processed }
        default:
            guard levels[0] == "config", levels[1] == "sensor" else { return nil }
            self.init(levels[2], Self.pinConfiguration)
        }
    }

    private init?(_ level: Substring, _ make: (GPIO) -> Self) {
        guard let gpio = Int(level).flatMap(GPIO.init) else { return nil }
        self = make(gpio)
    }
}
