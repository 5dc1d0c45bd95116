import TwinCore

/// Reads what a server says to devices.
///
/// Nothing is refused here: what cannot be read is told as such, since a foreign message on a command topic matters
/// whatever it says.
enum OrderReader {
    /// The longest name of an incident kept, in bytes.
    static let maximumIncidentBytes = 128

    static func order(_ kind: Topic.OrderKind, topic: Span<UInt8>, payload: Span<UInt8>, isRetained: Bool)
        -> ServerOrder
    {
        ServerOrder(topic: text(topic), isRetained: isRetained, content: content(kind, payload))
    }

    private static func content(_ kind: Topic.OrderKind, _ payload: Span<UInt8>) -> ServerOrder.Content {
        guard !payload.isEmpty else { return .erased }
        return switch kind {
        case .command(let address, let gpio): .actuatorCommand(address, gpio, command(payload))
        case .emergency(let address): emergency(address, payload)
        case .claim: claim(payload).map { .claim($0) } ?? .other
        case .other: .other
        }
    }

    /// Reads `actuator/{gpio}/command`, and `set` as the contract's text has it; `nil` when it is no object.
    ///
    /// A word that nobody knows counts as one that energises.
    private static func command(_ bytes: Span<UInt8>) -> CommandHeard? {
        guard let object = try? JSONObject(bytes) else { return nil }
        let words = [word("command", object, bytes), word("action", object, bytes)].compactMap(\.self)
        let isNothing = isZero("value", object, bytes)
        let areOff = words.allSatisfy { word in
            switch word {
            case "off": true
            case "pwm", "set": isNothing
            default: false
            }
        }
        let id = text("correlation_id", object, bytes) ?? text("intent_id", object, bytes)
        return CommandHeard(
            id: id.flatMap { CommandID(fromOutside: $0) }, energises: words.isEmpty || !areOff,
            issuedBy: text("issued_by", object, bytes).map(bounded))
    }

    /// Reads `actuator/emergency` of one device, or `kaiser/broadcast/emergency`.
    ///
    /// Whatever is not plainly a clearing is a stop, also what no device would obey: a stop is never lost for want of
    /// good form. So a clearing has to be an object whose `command` (or `action`), and nothing against it, says so.
    private static func emergency(_ address: DeviceAddress?, _ bytes: Span<UInt8>) -> ServerOrder.Content {
        guard let object = try? JSONObject(bytes) else {
            return .stop(StopHeard(device: address, incident: nil, reason: "", issuedBy: ""))
        }
        let incident = text("incident_correlation_id", object, bytes) ?? text("correlation_id", object, bytes)
        let named = incident.flatMap { isIncident($0) ? $0 : nil }
        if isClearing(object, bytes) { return .clear(address, incident: named) }
        return .stop(
            StopHeard(
                device: address, incident: named, reason: text("reason", object, bytes).map(bounded) ?? "",
                issuedBy: text("issued_by", object, bytes).map(bounded) ?? ""))
    }

    private static func isClearing(_ object: JSONObject, _ bytes: Span<UInt8>) -> Bool {
        let keys: [JSONKey] = ["command", "action"]
        let said = keys.filter { object.contains($0, in: bytes) }
        return !said.isEmpty
            && said.allSatisfy { key in
                switch word(key, object, bytes) {
                case "clear_emergency", "emergency_clear", "clear": true
                default: false
                }
            }
    }

    /// Reads `kaiser/god/server/claim`; `nil` when it is malformed.
    ///
    /// Its time is for people who look at the topic.
    private static func claim(_ bytes: Span<UInt8>) -> SiteClaim? {
        let range = 0...Int(SiteClaim.maximumEpoch)
        guard let object = try? JSONObject(bytes), let epoch = try? object.integer("epoch", range, in: bytes),
            let instance = text("instance", object, bytes)
        else { return nil }
        return SiteClaim(epoch: UInt64(epoch), instanceFromOutside: instance)
    }

    /// A word in lower case without spaces around it; `nil` when the member is absent or no text.
    private static func word(_ key: JSONKey, _ object: JSONObject, _ bytes: Span<UInt8>) -> String? {
        guard let text = text(key, object, bytes) else { return nil }
        let trimmed = text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()
        return String(trimmed).lowercased()
    }

    private static func text(_ key: JSONKey, _ object: JSONObject, _ bytes: Span<UInt8>) -> String? {
        (try? object.text(key, in: bytes)).flatMap(\.self)
    }

    private static func isZero(_ key: JSONKey, _ object: JSONObject, _ bytes: Span<UInt8>) -> Bool {
        (try? object.number(key, in: bytes)) == 0 || (try? object.boolean(key, in: bytes)) == false
    }

    private static func isIncident(_ text: String) -> Bool {
        (1...maximumIncidentBytes).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    private static func bounded(_ text: String) -> String {
        MessageReader.printable(text, maximum: MessageReader.maximumTextBytes)
    }

    /// The topic as text; the broker lets no other than UTF-8 through.
    private static func text(_ bytes: Span<UInt8>) -> String {
        if let valid = try? UTF8Span(validating: bytes) { return String(copying: valid) }
        return unsafe bytes.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
    }
}
