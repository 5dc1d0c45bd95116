import TwinCore

extension MessageReader {
    /// The most values a batch may hold.
    private static let maximumBatch = 64

    /// Reads `sensor/batch`: values that the device has converted itself, all of one time.
    ///
    /// One bad value refuses the whole batch, so that nothing of it is taken twice when it is sent again.
    func sensorBatch(_ bytes: Span<UInt8>) throws(Refusal) -> [SensorReport] {
        try checkDevice(isRequired: true, bytes)
        let clock = try clock(bytes)
        let sequence = try object.integer("seq", Self.counterRange, in: bytes).map { UInt32($0) }
        let digest = Digest.of(bytes)
        let list = try Self.required(
            try object.array("sensors", maximum: Self.maximumBatch, in: bytes), "sensors")
        guard list.count > 0 else { throw Refusal(.missingField, "sensors is empty") }
        var reports: [SensorReport] = []
        reports.reserveCapacity(list.count)
        for index in 0..<list.count {
            let element = try list.object(index, in: bytes)
            do throws(Refusal) {
                var report = try nested(element, gpio: try Self.pin(of: element, bytes)).batchReport(bytes, clock)
                report.sequence = sequence
                report.digest = Digest.part(index, of: digest)
                reports.append(report)
            } catch {
                throw Refusal(error.reason, "sensors[\(index)]: \(error.detail)")
            }
        }
        return reports
    }

    /// Reads one value of a batch.
    private func batchReport(_ bytes: Span<UInt8>, _ clock: DeviceClock) throws(Refusal) -> SensorReport {
        let value = try checked("value", try Self.required(try object.number("value", in: bytes), "value"))
        return SensorReport(
            gpio: pin, type: try sensorType(bytes), address: try busAddress(bytes), raw: value, value: value,
            unit: try word("unit", bytes), quality: try quality(bytes), clock: clock, isRaw: false,
            errorCode: try object.integer("error_code", Self.errorCodeRange, in: bytes), digest: 0,
            isRetained: isRetained)
    }

    /// The pin that an object names.
    static func pin(
        _ key: JSONKey = "gpio", of object: JSONObject, _ bytes: Span<UInt8>
    ) throws(Refusal) -> GPIO {
        let number = try required(try object.integer(key, Int.min...Int.max, in: bytes), key)
        guard let gpio = GPIO(number) else {
            throw Refusal(.outOfRange, "\(key) is \(number), not 0 to \(GPIO.maximum)")
        }
        return gpio
    }
}
