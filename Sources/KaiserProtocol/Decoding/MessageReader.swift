import TwinCore

/// Reads the members of one payload for the topic it came on; the extensions hold one message kind each.
struct MessageReader {
    /// The payload's members.
    let object: JSONObject
    /// The topic's device; `nil` for a message of a relay.
    let device: DeviceID?
    /// The topic's pin; `nil` for the whole device.
    let gpio: GPIO?
    /// Whether the broker kept the message.
    let isRetained: Bool

    /// The longest free text kept, in bytes; longer ones are cut.
    static let maximumTextBytes = 256
    /// The longest word or name accepted, in bytes.
    static let maximumWordBytes = 64
    /// What the device's unsigned 32-bit counters can hold.
    static let counterRange = 0...Int(UInt32.max)

    /// The topic's pin, where the topic cannot mean the whole device.
    var pin: GPIO {
        guard let gpio else { preconditionFailure("only alerts are decoded without a pin") }
        return gpio
    }

    /// A value that must be there.
    static func required<Value>(_ value: Value?, _ key: JSONKey) throws(Refusal) -> Value {
        guard let value else { throw Refusal(.missingField, "\(key) is missing") }
        return value
    }

    /// A short text without control characters; `nil` when it is absent or empty.
    func word(
        _ key: JSONKey, maximum: Int = Self.maximumWordBytes, _ bytes: Span<UInt8>
    ) throws(Refusal) -> String? {
        guard let text = try object.text(key, in: bytes), !text.isEmpty else { return nil }
        let length = text.utf8.count
        guard length <= maximum else { throw Refusal(.outOfRange, "\(key) has \(length) bytes, more than \(maximum)") }
        guard text.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw Refusal(.outOfRange, "\(key) has control characters")
        }
        return text
    }

    /// A text for people, cut to a bound at a character; control characters become spaces.
    ///
    /// Empty when absent.
    func freeText(_ key: JSONKey, _ bytes: Span<UInt8>) throws(Refusal) -> String {
        guard let text = try object.text(key, in: bytes) else { return "" }
        return Self.printable(text, maximum: Self.maximumTextBytes)
    }

    /// A text without control characters, cut to a number of bytes at a character.
    static func printable(_ text: String, maximum: Int = .max) -> String {
        var cut = ""
        for scalar in text.unicodeScalars {
            guard cut.utf8.count + scalar.utf8.count <= maximum else { break }
            cut.unicodeScalars.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return cut
    }

    /// Checks that the payload's device, where it names one, is the topic's.
    func checkDevice(isRequired: Bool, _ bytes: Span<UInt8>) throws(Refusal) {
        guard let device else { return }
        switch try object.isText("esp_id", device.description, in: bytes) {
        case true?: return
        case nil: guard !isRequired else { throw Refusal(.missingField, "esp_id is missing") }
        case false?:
            let id = try object.text("esp_id", in: bytes) ?? ""
            throw Refusal(.idMismatch, "esp_id is '\(Self.quoted(id))', the topic says \(device)")
        }
    }

    /// Checks that the payload names the topic's pin.
    func checkGPIO(_ bytes: Span<UInt8>) throws(Refusal) {
        let range = 0...GPIO.wholeDevice
        let number = try Self.required(try object.integer("gpio", range, in: bytes), "gpio")
        let expected = gpio.map { Int($0.number) } ?? GPIO.wholeDevice
        guard number == expected else {
            throw Refusal(.gpioMismatch, "gpio is \(number), the topic says \(expected)")
        }
    }

    /// The device's time from `ts`, or from `timestamp`.
    func clock(_ bytes: Span<UInt8>) throws(Refusal) -> DeviceClock {
        let isValid = try object.boolean("time_valid", in: bytes) ?? true
        if let wire = try object.number("ts", in: bytes) { return DeviceClock(wire: wire, isValid: isValid) }
        let wire = try Self.required(try object.number("timestamp", in: bytes), "ts")
        return DeviceClock(wire: wire, isValid: isValid)
    }

    /// The device's time from `ts`, which must be a whole number.
    func wholeClock(_ bytes: Span<UInt8>) throws(Refusal) -> DeviceClock {
        let isValid = try object.boolean("time_valid", in: bytes) ?? true
        let wire = try Self.required(try object.integer("ts", Int.min...Int.max, in: bytes), "ts")
        return DeviceClock(wire: Double(wire), isValid: isValid)
    }

    /// Notes where the payload contradicts the topic; an answer is kept all the same, for the topic's device and pin.
    func contradictions(_ bytes: Span<UInt8>) throws(Refusal) -> [String] {
        var flags: [String] = []
        if let device, try object.isText("esp_id", device.description, in: bytes) == false {
            let id = try object.text("esp_id", in: bytes) ?? ""
            flags.append("esp_id '\(Self.quoted(id))' contradicts the topic")
        }
        if let number = try object.integer("gpio", Int.min...Int.max, in: bytes), number != Int(pin.number) {
            flags.append("gpio \(number) contradicts the topic")
        }
        return flags
    }

    /// The same reader for an object within the payload.
    func nested(_ object: JSONObject, gpio: GPIO? = nil) -> Self {
        Self(object: object, device: device, gpio: gpio ?? self.gpio, isRetained: isRetained)
    }

    /// An id that ties messages together; `nil` when it is absent, or none that we can have sent.
    func correlation(_ bytes: Span<UInt8>) throws(Refusal) -> String? {
        guard let text = try object.text("correlation_id", in: bytes), !text.isEmpty,
            text.utf8.count <= CommandID.maximumLength, text.utf8.allSatisfy({ $0 >= 0x20 })
        else { return nil }
        return text
    }

    /// A stranger's text for a refusal: cut, without control characters.
    static func quoted(_ text: String) -> String {
        String(text.unicodeScalars.prefix(40).map { $0.properties.generalCategory == .control ? " " : Character($0) })
    }
}
