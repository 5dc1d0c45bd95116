/// One thing that an operator asks a device to do beside switching its outputs.
public struct Operation: Sendable, Equatable, Codable {
    /// What the device is to do.
    public enum Kind: Sendable, Equatable, Codable {
        /// Measure now; the reading comes as ordinary sensor data, the answer says whether it did.
        case measure(GPIO, timeoutMilliseconds: Int)
        /// Say how it is.
        case status
        case diagnostics
        /// Say how it is configured.
        case readConfiguration
        /// Switch every output off and keep them off.
        case enterSafeMode
        case leaveSafeMode
        case setLogLevel(String)
        /// Look for devices on a 1-Wire bus; `nil` for the board's own pin.
        case scanOneWire(GPIO?)
        /// Forget everything and restart.
        case factoryReset
        /// Obey emergency orders only with this token from now on.
        case setEmergencyToken(EmergencyToken, TokenUse)
        /// Connect with other credentials from now on.
        case updateCredentials(Credentials)
        /// Keep the outputs of a subzone off, or let go of them.
        case isolateSubzone(String, isIsolated: Bool, reason: String)
    }

    /// The operation's id; the device echoes it where its message has room for one.
    public let id: CommandID
    /// What the device is to do.
    public let kind: Kind
    /// Who asks.
    public let issuedBy: String
    /// When it was asked.
    public let issuedAt: UnixTime

    /// Puts an operation together.
    public init(id: CommandID, kind: Kind, issuedBy: String, issuedAt: UnixTime) {
        self.id = id
        self.kind = kind
        self.issuedBy = issuedBy
        self.issuedAt = issuedAt
    }
}

/// User and password of a device at the broker.
public struct Credentials: Sendable, Equatable, Codable {
    /// Whether the device is to use any.
    public let isEnabled: Bool
    /// 3 to 32 characters.
    public let username: String
    /// 8 to 64 characters; never shown and never stored, so a restart forgets a change that was not sent.
    public let password: String
    /// Whether the device is to connect anew at once.
    public let reconnects: Bool

    /// Puts credentials together.
    public init(isEnabled: Bool, username: String, password: String, reconnects: Bool) {
        self.isEnabled = isEnabled
        self.username = username
        self.password = password
        self.reconnects = reconnects
    }
}

/// An operation with its answer, as it is kept and shown.
public struct OperationRecord: Sendable, Equatable, Codable {
    /// Where an operation stands.
    public enum State: String, Sendable, Codable {
        /// It waits for its cause to be durable. Next: sent, failed.
        case accepted
        /// It was handed to the broker. Next: answered, failed, unanswered.
        case sent
        /// The device carried it out.
        case answered
        /// The device refused, or it could not be sent, or it gave way to another.
        case failed
        /// Nothing came back in time.
        case unanswered

        /// Whether nothing more will happen to it.
        public var isFinal: Bool {
            switch self {
            case .accepted, .sent: false
            case .answered, .failed, .unanswered: true
            }
        }
    }

    /// What was asked; secrets are left out.
    public let operation: Operation
    /// Where it stands.
    public var state: State
    /// Since when.
    public var since: Moment
    /// What the device said, or what went wrong; empty while nothing did.
    public var detail: String
    /// The members of the device's answer, by name.
    public var answer: [String: String]
    /// Until when an answer is waited for.
    public var deadline: Uptime
    /// How often it was asked for; more than once only for what switches the device off.
    public var attempts: Int

    /// Puts a record together.
    public init(
        operation: Operation, state: State, since: Moment, detail: String, answer: [String: String] = [:],
        deadline: Uptime, attempts: Int = 1
    ) {
        self.attempts = attempts
        self.operation = operation
        self.state = state
        self.since = since
        self.detail = detail
        self.answer = answer
        self.deadline = deadline
    }
}

/// How an operation fares.
public enum OperationEvent: Sendable, Equatable, Codable {
    /// An operator asked for it; secrets are left out.
    case accepted(Operation)
    /// It was handed to the broker.
    case sent(CommandID)
    /// Nobody answered in time; it is asked for once more.
    case repeated(CommandID)
    /// The device answered.
    case answered(CommandID, isSuccess: Bool, detail: String, members: [String: String])
    /// It could not be sent, or gave way to another.
    case failed(CommandID, String)
    /// Nothing came back in time.
    case unanswered(CommandID)
    /// The device answered a command that nobody waits for.
    case stray(SystemAnswer)
    /// The device answered a measurement that nobody waits for.
    case strayMeasurement(MeasureAnswer)
}

/// A secret that a device wants to see in emergency orders: 1 to 64 printable characters.
public struct EmergencyToken: Sendable, Equatable, Codable {
    /// The longest token a device stores, in characters.
    public static let maximumLength = 64
    /// What stands in facts and answers where a token was.
    public static let hidden = Self(unchecked: "hidden")

    /// The secret; never shown.
    public let text: String

    /// Accepts 1 to 64 printable ASCII characters; `nil` for any other text.
    public init?(_ text: String) {
        guard (1...Self.maximumLength).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else { return nil }
        self.text = text
    }

    private init(unchecked text: String) { self.text = text }
}

/// Which orders a token is for.
public enum TokenUse: String, Sendable, Codable, CaseIterable {
    /// Those to the device alone.
    case device = "esp"
    /// Those to everybody.
    case broadcast
}

/// How a device's tokens change.
public enum TokenEvent: Sendable, Equatable, Codable {
    /// It was sent a token; until it confirms it may hold this one or the one before.
    case sent(EmergencyToken, TokenUse)
    /// It said that it holds the token sent last.
    case confirmed(TokenUse)
    /// It said that it does not take the token sent last.
    case refused(TokenUse, String)
}
