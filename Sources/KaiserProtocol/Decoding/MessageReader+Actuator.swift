import TwinCore

extension MessageReader {
    private static let levelRange = 0.0...255.0

    /// Reads `actuator/{gpio}/status`.
    func actuatorStatus(_ bytes: Span<UInt8>) throws(Refusal) -> ActuatorStatus {
        try checkDevice(isRequired: true, bytes)
        try checkGPIO(bytes)
        var flags: [String] = []
        let clock = try wholeClock(bytes)
        var type = try word("type", bytes)
        if type == nil { type = try word("actuator_type", bytes) }
        let state = try state(bytes)
        let level = try level(bytes, &flags)
        if state == .off, level > 0 { flags.append("state off contradicts level \(level)") }
        return ActuatorStatus(
            gpio: pin, type: try Self.required(type, "type"), state: state, level: level,
            runtimeMilliseconds: try object.integer("runtime_ms", Self.counterRange, in: bytes).map { Int64($0) },
            emergency: try emergency(bytes, &flags), commandSource: try word("command_source", bytes), clock: clock,
            flags: flags)
    }

    private func state(_ bytes: Span<UInt8>) throws(Refusal) -> ActuatorStatus.State {
        guard let value = object.value("state", in: bytes) else { throw Refusal(.missingField, "state is missing") }
        switch value.kind {
        case .true: return .on
        case .false: return .off
        case .plainText, .escapedText:
            let word = try object.text("state", in: bytes) ?? ""
            if let state = ActuatorStatus.State(rawValue: word) { return state }
            throw Refusal(
                .unknownValue,
                "state '\(Self.quoted(word))' is neither a boolean nor on, off, pwm, error, unknown")
        default: throw JSONObject.wrongType("state", "a boolean or a word", value)
        }
    }

    /// The output level.
    ///
    /// A fraction is rounded up: a little is not nothing, and 0 is taken as proof of off.
    private func level(_ bytes: Span<UInt8>, _ flags: inout [String]) throws(Refusal) -> Int {
        var wire = try object.number("pwm", in: bytes)
        if wire == nil { wire = try object.number("value", in: bytes) }
        let level = try Self.required(wire, "pwm")
        guard Self.levelRange.contains(level) else { throw Refusal(.outOfRange, "pwm is \(level), not 0 to 255") }
        let whole = level.rounded(.up)
        if whole != level { flags.append("fractional level \(level)") }
        return Int(whole)
    }

    /// The device's emergency phase; an unknown word counts as a stop.
    private func emergency(_ bytes: Span<UInt8>, _ flags: inout [String]) throws(Refusal) -> EmergencyPhase {
        guard let word = try word("emergency", bytes) else { return .normal }
        if let phase = EmergencyPhase(rawValue: word) { return phase }
        flags.append("unknown emergency '\(word)'")
        return .active
    }

    /// Reads `actuator/{gpio}/response`.
    ///
    /// The topic wins over the payload's device and pin.
    func actuatorResponse(_ bytes: Span<UInt8>) throws(Refusal) -> ActuatorResponse {
        var flags = try contradictions(bytes)
        let isSuccess = try success(bytes, &flags)
        let command = try correlation(bytes).flatMap { CommandID(fromOutside: $0) }
        if command == nil { flags.append("missing correlation_id") }
        return ActuatorResponse(
            gpio: pin, command: command, isSuccess: isSuccess, message: try freeText("message", bytes), flags: flags)
    }

    /// Whether the device says that it did what it was asked to do, in any of the contract's ways.
    func success(_ bytes: Span<UInt8>, _ flags: inout [String]) throws(Refusal) -> Bool {
        guard let value = object.value("success", in: bytes) else {
            let status = try Self.required(try object.text("status", in: bytes), "success")
            flags.append("status stands in for success")
            switch status {
            case "ok": return true
            case "error": return false
            default:
                throw Refusal(.unknownValue, "status '\(Self.quoted(status))' is neither ok nor error")
            }
        }
        switch value.kind {
        case .true: return true
        case .false: return false
        case .plainText, .escapedText:
            let word = try object.text("success", in: bytes) ?? ""
            flags.append("success is text")
            // Bringing a long text into lower case takes long, and no word of the contract is long.
            switch String(word.prefix(Self.maximumWordBytes)).lowercased() {
            case "true", "1", "yes", "y", "on": return true
            case "false", "0", "no", "n", "off": return false
            default: throw Refusal(.unknownValue, "success '\(Self.quoted(word))' means neither yes nor no")
            }
        default: throw JSONObject.wrongType("success", "a boolean", value)
        }
    }

    /// Reads `actuator/{gpio}/alert`.
    func actuatorAlert(_ bytes: Span<UInt8>) throws(Refusal) -> ActuatorAlert {
        try checkDevice(isRequired: true, bytes)
        try checkGPIO(bytes)
        var type = try word("alert_type", bytes)
        if type == nil { type = try word("type", bytes) }
        return ActuatorAlert(
            gpio: gpio, type: try Self.required(type, "alert_type"), message: try freeText("message", bytes),
            clock: try clock(bytes))
    }
}
