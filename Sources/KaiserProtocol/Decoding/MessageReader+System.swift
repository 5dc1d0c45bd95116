import TwinCore

extension MessageReader {
    /// What every answer carries beside its contents.
    private static let envelope: Set<String> = ["command", "success", "esp_id", "ts", "timestamp", "seq"]
    /// A status that says no, where `success` is missing.
    private static let refusingStatuses: Set<String> = ["error", "failed", "rejected", "refused"]

    /// Reads `system/command/response`, `system/response` or `response`.
    func systemAnswer(_ bytes: Span<UInt8>) throws(Refusal) -> SystemAnswer {
        try checkDevice(isRequired: false, bytes)
        var flags: [String] = []
        let status = try word("status", bytes)
        var command = try word("command", bytes)
        if command == nil, status == "factory_reset_initiated" { command = "factory_reset" }
        if command == nil { flags.append("missing command") }
        let reason = try word("reason_code", bytes)
        let isSuccess = try isDone(status: status, reason: reason, bytes, &flags)
        var error = isSuccess ? "" : reason ?? ""
        for key in ["error", "message"] as [JSONKey] where !isSuccess && error.isEmpty {
            error = try freeText(key, bytes)
        }
        var answer = SystemAnswer(command: command ?? "", isSuccess: isSuccess, error: error, flags: flags)
        addMembers(to: &answer, bytes)
        return answer
    }

    /// Whether the device did it.
    ///
    /// Some answers carry no `success`: they say how it went with a status, or are the answer themselves and say an
    /// error where there was one.
    private func isDone(
        status: String?, reason: String?, _ bytes: Span<UInt8>, _ flags: inout [String]
    ) throws(Refusal) -> Bool {
        if object.contains("success", in: bytes) { return try success(bytes, &flags) }
        if let status { return !Self.refusingStatuses.contains(status.lowercased()) }
        return try object.text("error", in: bytes) == nil && (reason == nil || reason == "NONE")
    }

    private func addMembers(to answer: inout SystemAnswer, _ bytes: Span<UInt8>) {
        var size = 0
        var left = 0
        for index in 0..<object.count {
            let (name, value) = object.member(index, in: bytes)
            guard !Self.envelope.contains(name), let text = Self.asText(value, bytes) else { continue }
            guard answer.members.count < SystemAnswer.maximumMembers,
                size + name.utf8.count + text.utf8.count <= SystemAnswer.maximumBytes,
                name.utf8.count <= Self.maximumWordBytes
            else {
                left += 1
                continue
            }
            size += name.utf8.count + text.utf8.count
            answer.members[Self.printable(name)] = Self.printable(text)
        }
        if left > 0 { answer.flags.append("\(left) members are left out: too many, or too large") }
    }

    /// A value as text: a text itself, everything else as JSON writes it; `nil` for null.
    private static func asText(_ value: JSONValue, _ bytes: Span<UInt8>) -> String? {
        switch value.kind {
        case .plainText, .escapedText: JSONText.text(value, bytes)
        case .integer: "\(value.integer)"
        case .number: "\(value.number)"
        case .true: "true"
        case .false: "false"
        case .null: nil
        case .object, .array: JSONText.plain(bytes, value.start, value.end)
        }
    }
}
