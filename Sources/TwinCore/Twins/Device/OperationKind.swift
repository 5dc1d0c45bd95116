extension Operation {
    /// The most bytes of a log level's word.
    public static let maximumLevelBytes = 16
    /// What a device accepts as the time a measurement may take, in milliseconds.
    public static let measureMilliseconds = 1...60_000
    /// The most bytes of a user's name, and the fewest.
    public static let usernameBytes = 3...32
    /// The most bytes of a password, and the fewest.
    public static let passwordBytes = 8...64
    /// The most bytes of a subzone's id, and the fewest.
    public static let subzoneBytes = 1...32
    /// The word of the command that sets an emergency token.
    static let tokenWord = "set_emergency_token"

    /// The operation without its secrets, as facts and the API hold it.
    public var redacted: Operation {
        switch kind {
        case .setEmergencyToken(_, let use): with(.setEmergencyToken(.hidden, use))
        case .updateCredentials(let credentials):
            with(
                .updateCredentials(
                    Credentials(
                        isEnabled: credentials.isEnabled, username: credentials.username, password: "",
                        reconnects: credentials.reconnects)))
        case .measure, .status, .diagnostics, .readConfiguration, .enterSafeMode, .leaveSafeMode, .setLogLevel,
            .scanOneWire, .factoryReset, .isolateSubzone:
            self
        }
    }

    private func with(_ kind: Kind) -> Operation {
        Operation(id: id, kind: kind, issuedBy: issuedBy, issuedAt: issuedAt)
    }
}

extension Operation.Kind {
    /// Whether all it can do is to switch outputs off: such an operation is never refused, leaves before anything is
    /// durable and never expires.
    public var deenergises: Bool {
        switch self {
        case .enterSafeMode, .isolateSubzone(_, true, _): true
        case .measure, .status, .diagnostics, .readConfiguration, .leaveSafeMode, .setLogLevel, .scanOneWire,
            .factoryReset, .setEmergencyToken, .updateCredentials, .isolateSubzone(_, false, _):
            false
        }
    }

    /// The word of `system/command`, exactly as the firmware compares it; `nil` for what has a topic of its own.
    public var systemWord: String? {
        switch self {
        case .status: "status"
        case .diagnostics: "diagnostics"
        case .readConfiguration: "get_config"
        case .enterSafeMode: "safe_mode"
        case .leaveSafeMode: "exit_safe_mode"
        case .setLogLevel: "set_log_level"
        case .scanOneWire: "onewire/scan"
        case .factoryReset: "factory_reset"
        case .setEmergencyToken: Operation.tokenWord
        case .measure, .updateCredentials, .isolateSubzone: nil
        }
    }

    /// Whether a device takes it that waits for approval.
    var isTakenWhilePending: Bool {
        switch self {
        case .status, .diagnostics, .readConfiguration, .setLogLevel, .enterSafeMode, .isolateSubzone(_, true, _): true
        case .measure, .leaveSafeMode, .scanOneWire, .factoryReset, .setEmergencyToken, .updateCredentials,
            .isolateSubzone(_, false, _):
            false
        }
    }

    /// Whether it could let go of what an emergency stop keeps off.
    var releasesOutputs: Bool {
        switch self {
        case .leaveSafeMode, .factoryReset, .isolateSubzone(_, false, _): true
        case .measure, .status, .diagnostics, .readConfiguration, .enterSafeMode, .setLogLevel, .scanOneWire,
            .setEmergencyToken, .updateCredentials, .isolateSubzone(_, true, _):
            false
        }
    }

    /// Whether it undoes what another does; of two such operations the later one counts.
    func contradicts(_ other: Self) -> Bool {
        switch (self, other) {
        case (.enterSafeMode, .leaveSafeMode), (.leaveSafeMode, .enterSafeMode): true
        case (.isolateSubzone(let one, let isIsolated, _), .isolateSubzone(let two, let wasIsolated, _)):
            one == two && isIsolated != wasIsolated
        default: false
        }
    }

    /// What is wrong with it, and what would be right; `nil` when nothing is.
    var problem: String? {
        switch self {
        case .measure(_, let timeout):
            Operation.measureMilliseconds.contains(timeout)
                ? nil : "timeout_ms is \(timeout), devices take 1 to \(Operation.measureMilliseconds.upperBound)"
        case .setLogLevel(let level):
            (1...Operation.maximumLevelBytes).contains(level.utf8.count) && level.utf8.allSatisfy(Self.isWordByte)
                ? nil : "the log level is no word of 1 to \(Operation.maximumLevelBytes) letters, such as INFO"
        case .updateCredentials(let credentials): credentials.problem
        case .isolateSubzone(let id, _, _):
            Operation.subzoneBytes.contains(id.utf8.count) && id.utf8.allSatisfy(Self.isWordByte)
                ? nil : "the subzone's id is not 1 to \(Operation.subzoneBytes.upperBound) of A-Z a-z 0-9 _"
        case .status, .diagnostics, .readConfiguration, .enterSafeMode, .leaveSafeMode, .scanOneWire, .factoryReset,
            .setEmergencyToken:
            nil
        }
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}

extension Credentials {
    /// What is wrong with them, and what would be right; `nil` when nothing is.
    fileprivate var problem: String? {
        guard isEnabled else { return nil }
        if !Operation.usernameBytes.contains(username.utf8.count) {
            return "the username has \(username.utf8.count) bytes, devices take 3 to 32"
        }
        if !Operation.passwordBytes.contains(password.utf8.count) {
            return "the password has \(password.utf8.count) bytes, devices take 8 to 64"
        }
        return nil
    }
}
