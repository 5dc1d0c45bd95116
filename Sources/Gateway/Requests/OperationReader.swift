import Hummingbird
import TwinCore

/// Reads what a device is asked to do beside switching its outputs.
struct OperationReader {
    /// The words of operations; those that the device knows too are its own.
    enum Word: String, CaseIterable {
        case measure, status, diagnostics
        case readConfiguration = "get_config"
        case enterSafeMode = "safe_mode"
        case leaveSafeMode = "exit_safe_mode"
        case setLogLevel = "set_log_level"
        case scanOneWire = "onewire_scan"
        case factoryReset = "factory_reset"
        case setEmergencyToken = "set_emergency_token"
        case updateCredentials = "update_credentials"
        case isolateSubzone = "isolate_subzone"

        /// The members that belong to it.
        var members: [String] {
            switch self {
            case .measure: ["gpio", "timeout_ms"]
            case .status, .diagnostics, .readConfiguration, .enterSafeMode, .leaveSafeMode: []
            case .setLogLevel: ["level"]
            case .scanOneWire: ["gpio"]
            case .factoryReset: ["confirm"]
            case .setEmergencyToken: ["token", "use"]
            case .updateCredentials: ["enabled", "username", "password", "force_reconnect"]
            case .isolateSubzone: ["subzone", "isolated", "reason"]
            }
        }
    }

    /// What a token looks like.
    static let tokenExpectation = "1 to \(EmergencyToken.maximumLength) printable characters without blanks"

    /// How long a device may take to measure, in milliseconds; devices clamp to the same.
    private static let measureMilliseconds = 1...60_000
    /// How long it may take when the caller does not say, in milliseconds.
    private static let defaultMeasureMilliseconds = 5000
    /// How long a log level's word may be, in characters.
    private static let levelCharacters = 1...16

    private var body: BodyReader

    /// Reads an operation with its parameters.
    static func read(_ request: Request) async throws -> TwinCore.Operation.Kind {
        let members = Word.allCases.flatMap(\.members)
        var reader = OperationReader(body: try await BodyReader(request, known: ["operation"] + members))
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        let word = reader.body.required("operation", expected: "one of \(words)") { $0.asText.flatMap(Word.init) }
        guard let word else { try reader.fail() }
        let foreign = Set(members).subtracting(word.members).sorted()
        reader.body.refuse(foreign, because: "no parameter of \(word.rawValue)")
        let kind = reader.kind(word)
        try reader.body.finish()
        guard let kind else { preconditionFailure("an operation without its parameters passed as \(word)") }
        return kind
    }

    /// Reads a measurement whose pin stands in the path.
    static func readMeasurement(_ request: Request, of gpio: GPIO) async throws -> TwinCore.Operation.Kind {
        var reader = OperationReader(
            body: try await BodyReader(request, known: ["timeout_ms"], isOptional: true))
        let timeout = reader.timeout()
        try reader.body.finish()
        return .measure(gpio, timeoutMilliseconds: timeout)
    }

    private func fail() throws -> Never {
        try body.finish()
        preconditionFailure("a missing operation passed as \(body)")
    }

    private mutating func kind(_ word: Word) -> TwinCore.Operation.Kind? {
        switch word {
        case .measure:
            let gpio = body.required("gpio", expected: Self.pinExpectation, Self.pin)
            let timeout = timeout()
            return gpio.map { .measure($0, timeoutMilliseconds: timeout) }
        case .status: return .status
        case .diagnostics: return .diagnostics
        case .readConfiguration: return .readConfiguration
        case .enterSafeMode: return .enterSafeMode
        case .leaveSafeMode: return .leaveSafeMode
        case .setLogLevel:
            let level = body.required("level", expected: "a word of \(Self.levelCharacters.upperBound) letters at most")
            {
                $0.asText.flatMap { Self.isLevel($0) ? $0 : nil }
            }
            return level.map { .setLogLevel($0) }
        case .scanOneWire: return .scanOneWire(body.optional("gpio", expected: Self.pinExpectation, Self.pin))
        case .factoryReset:
            let consent = body.required("confirm", expected: "true: the device forgets everything") {
                $0.asFlag == true ? true : nil
            }
            return consent == nil ? nil : .factoryReset
        case .setEmergencyToken:
            let token = body.secret("token", expected: Self.tokenExpectation) { EmergencyToken($0) }
            let uses = TokenUse.allCases.map(\.rawValue).joined(separator: " or ")
            let use = body.required("use", expected: uses) { $0.asText.flatMap(TokenUse.init) }
            guard let token, let use else { return nil }
            return .setEmergencyToken(token, use)
        case .updateCredentials: return credentials()
        case .isolateSubzone: return isolation()
        }
    }

    private mutating func credentials() -> TwinCore.Operation.Kind? {
        let isEnabled = body.required("enabled", expected: "true or false") { $0.asFlag }
        let reconnects = body.optional("force_reconnect", expected: "true or false") { $0.asFlag } ?? false
        guard isEnabled != false else {
            return .updateCredentials(
                Credentials(isEnabled: false, username: "", password: "", reconnects: reconnects))
        }
        let username = body.required("username", expected: "3 to 32 characters") { value in
            value.asText.flatMap { (3...32).contains($0.count) ? $0 : nil }
        }
        let password = body.secret("password", expected: "8 to 64 characters") { text in
            (8...64).contains(text.count) ? text : nil
        }
        guard isEnabled != nil, let username, let password else { return nil }
        return .updateCredentials(
            Credentials(isEnabled: true, username: username, password: password, reconnects: reconnects))
    }

    private mutating func isolation() -> TwinCore.Operation.Kind? {
        let subzone = body.required("subzone", expected: "a subzone's id") { value in
            value.asText.flatMap { $0.isEmpty ? nil : $0 }
        }
        let isIsolated = body.required("isolated", expected: "true or false") { $0.asFlag }
        let longest = GatewayLimits.reasonCharacters
        let reason = body.required("reason", expected: "text of 1 to \(longest) characters") { value in
            value.asText.flatMap { (1...longest).contains($0.count) ? $0 : nil }
        }
        guard let subzone, let isIsolated, let reason else { return nil }
        return .isolateSubzone(subzone, isIsolated: isIsolated, reason: reason)
    }

    private mutating func timeout() -> Int {
        let range = Self.measureMilliseconds
        let expected = "a whole number of milliseconds from \(range.lowerBound) to \(range.upperBound)"
        let timeout = body.optional("timeout_ms", expected: expected) { value in
            value.asInteger.flatMap { range.contains($0) ? $0 : nil }
        }
        return timeout ?? Self.defaultMeasureMilliseconds
    }

    private static let pinExpectation = "a pin from 0 to \(GPIO.maximum)"

    private static func pin(_ value: JSONValue) -> GPIO? { value.asInteger.flatMap(GPIO.init) }

    private static func isLevel(_ word: String) -> Bool {
        levelCharacters.contains(word.count) && word.allSatisfy { $0.isASCII && $0.isLetter }
    }
}
