import TwinCore

extension MessageReader {
    private static let codeRange = 1...65_535
    /// The part of the contract's numbers that is the devices'.
    private static let deviceCodes = 1000...4999

    /// Reads `system/error`.
    ///
    /// Only a message without a number is refused: whatever else an error is described with, it happened.
    func deviceError(_ bytes: Span<UInt8>) throws(Refusal) -> DeviceError {
        try checkDevice(isRequired: false, bytes)
        var flags: [String] = []
        let code = try Self.required(try object.integer("error_code", Self.codeRange, in: bytes), "error_code")
        if !Self.deviceCodes.contains(code) { flags.append("error_code \(code) is none of a device") }
        let severity = try severity(bytes, &flags)
        let category = try word("category", of: .errorCategories, otherwise: "SYSTEM", bytes, &flags)
        if category == nil { flags.append("missing category") }
        var uptime: Int64?
        if let context = try object.object("context", in: bytes) {
            uptime = try context.integer("uptime_ms", 0...Int.max, in: bytes).map { Int64($0) }
        }
        return DeviceError(
            code: code, severity: severity, category: category ?? "SYSTEM", message: try freeText("message", bytes),
            clock: try optionalClock(bytes), uptimeMilliseconds: uptime, flags: flags)
    }

    /// How bad an error is: a number, or a word or digit in text; anything else counts as an error.
    private func severity(_ bytes: Span<UInt8>, _ flags: inout [String]) throws(Refusal) -> DeviceError.Severity {
        guard let value = object.value("severity", in: bytes) else {
            flags.append("missing severity")
            return .error
        }
        if value.kind == .integer {
            if let severity = DeviceError.Severity(rawValue: Int(value.integer)) { return severity }
            flags.append("unknown severity \(value.integer)")
            return .error
        }
        guard let text = JSONText.text(value, bytes) else {
            flags.append("severity is \(value.kind.name)")
            return .error
        }
        // Bringing a long text into lower case takes long, and no word of the contract is long.
        switch String(text.prefix(Self.maximumWordBytes)).lowercased() {
        case "0", "info": return .info
        case "1", "warning": return .warning
        case "2", "error": return .error
        case "3", "critical": return .critical
        default:
            flags.append("unknown severity '\(Self.quoted(text))'")
            return .error
        }
    }

    /// The device's time, where the message has one.
    private func optionalClock(_ bytes: Span<UInt8>) throws(Refusal) -> DeviceClock? {
        guard object.contains("ts", in: bytes) || object.contains("timestamp", in: bytes) else { return nil }
        return try clock(bytes)
    }
}
