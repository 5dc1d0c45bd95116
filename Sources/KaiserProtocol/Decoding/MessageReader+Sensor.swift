import TwinCore

extension MessageReader {
    private static let rawRange = Double(Int32.min)...Double(Int32.max)
    static let errorCodeRange = Int(Int32.min)...Int(UInt32.max)
    private static let maximumTypeBytes = 32
    private static let romDigits = 16

    /// Reads `sensor/{gpio}/data`.
    func sensorReport(_ bytes: Span<UInt8>) throws(Refusal) -> SensorReport {
        try checkDevice(isRequired: true, bytes)
        try checkGPIO(bytes)
        return SensorReport(
            gpio: pin, type: try sensorType(bytes), address: try busAddress(bytes), raw: try raw(bytes),
            value: try object.number("value", in: bytes), unit: try word("unit", bytes), quality: try quality(bytes),
            clock: try clock(bytes), isRaw: try object.boolean("raw_mode", in: bytes) ?? true,
            errorCode: try object.integer("error_code", Self.errorCodeRange, in: bytes),
            sequence: try object.integer("seq", Self.counterRange, in: bytes).map { UInt32($0) },
            digest: Digest.of(bytes), isRetained: isRetained, registers: try registers(bytes))
    }

    /// The wire word of a sensor's kind.
    func sensorType(_ bytes: Span<UInt8>) throws(Refusal) -> String {
        try sensorType("sensor_type", try Self.required(try object.text("sensor_type", in: bytes), "sensor_type"))
    }

    /// Checks the wire word of a sensor's kind.
    func sensorType(_ key: JSONKey, _ text: String) throws(Refusal) -> String {
        let isWord = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"): true
            default: false
            }
        }
        guard isWord, (1...Self.maximumTypeBytes).contains(text.utf8.count) else {
            throw Refusal(
                .outOfRange, "\(key) '\(Self.quoted(text))' is not 1 to \(Self.maximumTypeBytes) of a-z 0-9 _")
        }
        return text
    }

    private func raw(_ bytes: Span<UInt8>) throws(Refusal) -> Double {
        let raw = try Self.required(try anyRaw(bytes), "raw")
        return try checked("raw", raw)
    }

    /// The raw value by either of its names, not yet judged.
    func anyRaw(_ bytes: Span<UInt8>) throws(Refusal) -> Double? {
        if let raw = try object.number("raw", in: bytes) { return raw }
        return try object.number("raw_value", in: bytes)
    }

    /// Checks that a raw value fits the devices' integers.
    func checked(_ key: JSONKey, _ raw: Double) throws(Refusal) -> Double {
        guard Self.rawRange.contains(raw) else {
            throw Refusal(.outOfRange, "\(key) is \(raw), which does not fit signed 32 bit")
        }
        return raw
    }

    /// The device's judgement of a value.
    func quality(_ bytes: Span<UInt8>) throws(Refusal) -> Quality? {
        guard let text = try object.text("quality", in: bytes) else { return nil }
        guard let quality = Quality(rawValue: text), quality.isWireWord else {
            throw Refusal(
                .unknownValue,
                "quality '\(Self.quoted(text))' is none of good, fair, poor, suspect, error, unknown")
        }
        return quality
    }

    /// A ROM code counts before an I²C address; an empty one, or address 0 (the general call), stands for none.
    func busAddress(_ bytes: Span<UInt8>) throws(Refusal) -> BusAddress {
        let i2c = try object.integer("i2c_address", 0...127, in: bytes) ?? 0
        guard let rom = try object.text("onewire_address", in: bytes), !rom.isEmpty else {
            return i2c == 0 ? .none : .i2c(UInt8(i2c))
        }
        return .oneWire(try Self.romCode("onewire_address", rom))
    }

    /// A ROM code in upper case.
    static func romCode(_ key: JSONKey, _ text: String) throws(Refusal) -> String {
        var isROM = text.utf8.count == romDigits
        var hasLowerCase = false
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "F"): break
            case UInt8(ascii: "a")...UInt8(ascii: "f"): hasLowerCase = true
            default: isROM = false
            }
        }
        guard isROM else {
            throw Refusal(.outOfRange, "\(key) '\(quoted(text))' is not \(romDigits) hexadecimal digits")
        }
        return hasLowerCase ? text.uppercased() : text
    }
}
