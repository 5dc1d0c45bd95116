import TwinCore

extension MessageReader {
    private static let capabilityRange = 0...255
    private static let macDigits = 12
    /// What a relay's counters can hold: whole numbers that every JSON reader keeps exactly.
    private static let relayCounterRange = 0...1 << 53
    private static let percentRange = 0.0...100.0
    /// The most devices a relay may list.
    private static let maximumClients = 1024

    /// The device that a payload names, where the topic names none.
    static func device(in object: JSONObject, _ bytes: Span<UInt8>) throws(Refusal) -> DeviceID {
        let text = try required(try object.text("esp_id", in: bytes), "esp_id")
        if let device = DeviceID(text) { return device }
        throw Refusal(
            .invalidDeviceID,
            "esp_id '\(quoted(text))' is neither ESP_ with 6 to 8 digits 0-9 A-F nor MOCK_ with A-Z 0-9")
    }

    /// Reads `discovery/esp32_nodes`.
    func hardware(_ bytes: Span<UInt8>) throws(Refusal) -> HardwareReport {
        let address = try Self.required(try word("mac_address", bytes), "mac_address")
        let digits = address.utf8.filter { $0 != UInt8(ascii: ":") && $0 != UInt8(ascii: "-") }
        guard digits.count == Self.macDigits, address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "-" }) else {
            throw Refusal(
                .outOfRange,
                "mac_address '\(Self.quoted(address))' is not \(Self.macDigits) hexadecimal digits, such as 24:0A:C4:…")
        }
        let capabilities = try object.object("capabilities", in: bytes)
        return HardwareReport(
            board: try Self.required(try word("hardware_type", bytes), "hardware_type"),
            macAddress: address.uppercased(), ipAddress: try Self.required(try word("ip_address", bytes), "ip_address"),
            firmware: try Self.required(try word("firmware_version", bytes), "firmware_version"),
            maximumSensors: try capabilities?.integer("max_sensors", Self.capabilityRange, in: bytes),
            maximumActuators: try capabilities?.integer("max_actuators", Self.capabilityRange, in: bytes))
    }

    /// Reads `relay/{relay}/heartbeat`.
    func relayHeartbeat(_ relay: KaiserID, _ bytes: Span<UInt8>) throws(Refusal) -> RelayHeartbeat {
        if try object.isText("kaiser_id", relay.description, in: bytes) == false {
            let id = try object.text("kaiser_id", in: bytes) ?? ""
            throw Refusal(.idMismatch, "kaiser_id is '\(Self.quoted(id))', the topic says \(relay)")
        }
        var clientCount = try object.integer("relay_clients_count", Self.countRange, in: bytes)
        if clientCount == nil {
            clientCount = try object.array("relay_clients", maximum: Self.maximumClients, in: bytes)?.count
        }
        let disk = try object.number("disk_usage_percent", in: bytes)
        if let disk, !Self.percentRange.contains(disk) {
            throw Refusal(.outOfRange, "disk_usage_percent is \(disk), not 0 to 100")
        }
        return RelayHeartbeat(
            kaiser: relay, clock: try clock(bytes),
            uptimeSeconds: try object.integer("uptime", Self.counterRange, in: bytes),
            state: try word("state", bytes) ?? "",
            isLocalConnected: try object.boolean("mqtt_local_connected", in: bytes),
            isRemoteConnected: try object.boolean("mqtt_remote_connected", in: bytes), clientCount: clientCount,
            queueLength: try object.integer("offline_queue_size", Self.relayCounterRange, in: bytes),
            relayedTotal: try object.integer("messages_relayed_total", Self.relayCounterRange, in: bytes),
            temperatureCelsius: try object.number("cpu_temp", in: bytes), diskUsagePercent: disk)
    }
}
