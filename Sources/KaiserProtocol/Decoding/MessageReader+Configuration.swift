import TwinCore

extension MessageReader {
    /// The most failures an answer may list; the contract says ten, and only so many are kept.
    private static let maximumListedFailures = 64

    /// Reads `config_response`.
    func configurationAnswer(_ bytes: Span<UInt8>) throws(Refusal) -> ConfigurationAnswer {
        try checkDevice(isRequired: false, bytes)
        var flags: [String] = []
        let status = try Self.required(try configurationStatus(bytes), "status")
        let section = try section(bytes, &flags)
        var correlation = try correlation(bytes)
        if correlation == nil {
            correlation = try word("request_id", bytes)
            flags.append(correlation == nil ? "missing correlation_id" : "request_id stands in for correlation_id")
        }
        return try finished(
            ConfigurationAnswer(
                status: status, section: section, message: "", correlation: correlation, flags: flags), bytes)
    }

    /// Reads `config/sensor/{gpio}/ack` and `config/actuator/{gpio}/ack`.
    ///
    /// The contract names the topics and no payload: that the message came is the answer, unless it says otherwise.
    func pinConfigurationAnswer(
        _ section: ConfigurationAnswer.Section, _ bytes: Span<UInt8>
    ) throws(Refusal) -> ConfigurationAnswer {
        var flags = try contradictions(bytes)
        var status = try configurationStatus(bytes)
        if status == nil, object.contains("success", in: bytes) {
            status = try success(bytes, &flags) ? .success : .error
        }
        return try finished(
            ConfigurationAnswer(
                status: status ?? .success, section: section, message: "", correlation: try correlation(bytes),
                gpio: pin, flags: flags), bytes)
    }

    /// Adds what both kinds of answers may say beside their outcome.
    private func finished(
        _ answer: ConfigurationAnswer, _ bytes: Span<UInt8>
    ) throws(Refusal) -> ConfigurationAnswer {
        var answer = answer
        answer.count = try object.integer("count", Self.countRange, in: bytes)
        answer.message = try freeText("message", bytes)
        let code = try word(
            "error_code", of: .configurationErrors, otherwise: Self.unknownCode, bytes, &answer.flags)
        answer.errorCode = code == "NONE" ? nil : code
        try addFailures(to: &answer, bytes)
        return answer
    }

    /// The word for how it went; a state of the device, and so refused when nobody knows it.
    private func configurationStatus(_ bytes: Span<UInt8>) throws(Refusal) -> ConfigurationAnswer.Status? {
        guard let word = try word("status", bytes) else { return nil }
        let canonical = Vocabulary.configurationStatuses.canonical(word)
        if let status = canonical.flatMap(ConfigurationAnswer.Status.init(rawValue:)) { return status }
        throw Refusal(.unknownValue, "status '\(word)' is none of success, partial_success, error")
    }

    private func section(
        _ bytes: Span<UInt8>, _ flags: inout [String]
    ) throws(Refusal) -> ConfigurationAnswer.Section {
        let vocabulary = Vocabulary.configurationSections
        var word = try word("type", of: vocabulary, otherwise: "system", bytes, &flags)
        if word == nil { word = try self.word("config_type", of: vocabulary, otherwise: "system", bytes, &flags) }
        if let section = word.flatMap(ConfigurationAnswer.Section.init(rawValue:)) { return section }
        flags.append("missing type")
        return .unknown
    }

    private func addFailures(to answer: inout ConfigurationAnswer, _ bytes: Span<UInt8>) throws(Refusal) {
        if let item = try object.object("failed_item", in: bytes) {
            answer.failures.append(
                try nested(item).failure(code: answer.errorCode ?? Self.unknownCode, detail: answer.message, bytes))
        }
        let list = try object.array("failures", maximum: Self.maximumListedFailures, in: bytes)
        for index in 0..<(list?.count ?? 0) where answer.failures.count < ConfigurationAnswer.maximumFailures {
            guard let item = try list?.object(index, in: bytes) else { continue }
            do throws(Refusal) {
                answer.failures.append(try nested(item).failure(code: Self.unknownCode, detail: "", bytes))
            } catch {
                throw Refusal(error.reason, "failures[\(index)]: \(error.detail)")
            }
        }
        let failed = try object.integer("failed_count", Self.countRange, in: bytes) ?? 0
        let total = max(
            try object.integer("total_failures", Self.countRange, in: bytes) ?? failed, list?.count ?? 0)
        if total > answer.failures.count {
            answer.flags.append("\(answer.failures.count) of \(total) failures are listed")
        } else if try object.boolean("failures_truncated", in: bytes) == true {
            answer.flags.append("not all failures are listed")
        }
    }

    /// Reads one item that the device refused, as far as it is described; its pin may be what was wrong with it.
    private func failure(
        code fallback: String, detail: String, _ bytes: Span<UInt8>
    ) throws(Refusal) -> ConfigurationAnswer.Failure {
        var type: String?
        for key in ["type", "sensor_type", "actuator_type"] as [JSONKey] where type == nil {
            type = try word(key, bytes)
        }
        var code = try word("error", bytes)
        if code == nil, let number = try object.integer("error_code", Self.errorCodeRange, in: bytes) {
            code = "\(number)"
        }
        let own = try freeText("detail", bytes)
        return ConfigurationAnswer.Failure(
            type: type, gpio: try object.integer("gpio", Int.min...Int.max, in: bytes).flatMap(GPIO.init),
            code: code ?? fallback, detail: own.isEmpty ? detail : own)
    }
}
