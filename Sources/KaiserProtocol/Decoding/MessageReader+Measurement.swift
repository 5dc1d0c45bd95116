import TwinCore

extension MessageReader {
    /// The raw values a processing request may carry: signed or unsigned words of 32 bit.
    private static let packedRange = Double(Int32.min)...Double(UInt32.max)
    /// What `type` says of a pin, and not of a sensor.
    private static let pinModes: Set<String> = ["analog", "digital"]

    /// Reads `sensor/{gpio}/response`.
    ///
    /// An answer counts as a success only where none of its parts says that something went wrong.
    func measureAnswer(_ bytes: Span<UInt8>) throws(Refusal) -> MeasureAnswer {
        var flags = try contradictions(bytes)
        let request = try request(bytes, &flags)
        let isSuccess = try isMeasured(bytes, &flags)
        let reason = try word("reason_code", of: .measureReasons, bytes, &flags)
        if reason == nil, !isSuccess { flags.append("missing reason_code") }
        let type = try object.text("sensor_type", in: bytes) ?? ""
        _ = try object.number("ts", in: bytes)
        return MeasureAnswer(
            gpio: pin, request: request, isSuccess: isSuccess,
            reason: reason ?? (isSuccess ? "NONE" : Self.unknownCode),
            type: type.isEmpty ? nil : try sensorType("sensor_type", type),
            raw: try anyRaw(bytes).map { raw throws(Refusal) in try checked("raw", raw) }, quality: try quality(bytes),
            flags: flags)
    }

    private func request(_ bytes: Span<UInt8>, _ flags: inout [String]) throws(Refusal) -> String {
        if let request = try word("request_id", bytes) { return request }
        for key in ["correlation_id", "intent_id"] as [JSONKey] {
            guard let request = try word(key, bytes) else { continue }
            flags.append("\(key) stands in for request_id")
            return request
        }
        throw Refusal(.missingField, "request_id is missing, and so is correlation_id; nothing says what is answered")
    }

    private func isMeasured(_ bytes: Span<UInt8>, _ flags: inout [String]) throws(Refusal) -> Bool {
        let isMeasured = try object.boolean("measurement_ok", in: bytes)
        let isPublished = try object.boolean("publish_ok", in: bytes)
        let isLate = try object.boolean("timeout", in: bytes) ?? false
        let areWell = isMeasured != false && isPublished != false && !isLate
        if !object.contains("success", in: bytes), isMeasured != nil || isPublished != nil {
            flags.append("missing success")
            return areWell
        }
        let isSuccess = try success(bytes, &flags)
        if isSuccess, !areWell { flags.append("success contradicts measurement_ok, publish_ok or timeout") }
        return isSuccess && areWell
    }

    /// Reads `pi_enhanced/request`.
    func processingRequest(_ bytes: Span<UInt8>) throws(Refusal) -> ProcessingRequest {
        try checkDevice(isRequired: false, bytes)
        let gpio = try Self.pin(of: object, bytes)
        var raw = try anyRaw(bytes)
        if raw == nil { raw = try object.number("raw_data", in: bytes) }
        let value = try Self.required(raw, "raw_value")
        guard Self.packedRange.contains(value) else {
            throw Refusal(.outOfRange, "raw_value is \(value), which fits neither signed nor unsigned 32 bit")
        }
        var request = try word("request_id", bytes)
        if request == nil { request = try word("correlation_id", bytes) }
        return ProcessingRequest(
            gpio: gpio, type: try requestedType(bytes), address: try busAddress(bytes), raw: value, request: request)
    }

    private func requestedType(_ bytes: Span<UInt8>) throws(Refusal) -> String {
        let type = try object.text("type", in: bytes)
        if let sensorType = try object.text("sensor_type", in: bytes) {
            return try self.sensorType("sensor_type", sensorType)
        }
        guard let type, !Self.pinModes.contains(type) else { throw Refusal(.missingField, "sensor_type is missing") }
        return try sensorType("type", type)
    }
}
