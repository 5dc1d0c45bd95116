import KaiserProtocol
import Testing
import TwinCore

/// Messages on topics that lie beside the devices' own.
@Suite struct SiteDecodingTests {
    private static let discovery = """
        {"esp_id":"ESP_51E0B7","hardware_type":"ESP32_WROOM","mac_address":"24:0a:C4:51:E0:B7",\
        "ip_address":"10.7.0.52","firmware_version":"4.1.0","capabilities":{"max_sensors":20,"max_actuators":12,\
        "features":["mqtt"]}}
        """

    private func refusal(_ topic: String, _ payload: String) -> Refusal.Reason? {
        KaiserProtocolTests.refusal(bytes: Array(topic.utf8), Array(payload.utf8))?.reason
    }

    @Test func `a discovery names its device in the payload`() throws {
        let decoded = try decode(bytes: Array("kaiser/k_2/discovery/esp32_nodes".utf8), Array(Self.discovery.utf8))
        let hardware = HardwareReport(
            board: "ESP32_WROOM", macAddress: "24:0A:C4:51:E0:B7", ipAddress: "10.7.0.52", firmware: "4.1.0",
            maximumSensors: 20, maximumActuators: 12)
        #expect(
            decoded
                == .report(
                    DeviceReport(
                        kaiser: KaiserID("k_2")!, device: DeviceID("ESP_51E0B7")!, message: .hardware(hardware))))
    }

    @Test(
        arguments: [
            ("ESP_51E0B7", "NODE_1", .invalidDeviceID), ("\"ESP_51E0B7\"", "7", .wrongType),
            ("esp_id", "id", .missingField), ("mac_address", "mac", .missingField),
            ("24:0a:C4:51:E0:B7", "24:0a", .outOfRange), ("24:0a:C4:51:E0:B7", "24:0a:C4:51:E0:BG", .outOfRange),
            ("hardware_type", "board", .missingField), ("ip_address", "ip", .missingField),
            ("firmware_version", "version", .missingField), ("\"max_sensors\":20", "\"max_sensors\":-1", .outOfRange),
        ] as [(String, String, Refusal.Reason)])
    func `a discovery without its parts is refused`(part: String, other: String, reason: Refusal.Reason) {
        let payload = Self.discovery.replacing(part, with: other)
        #expect(refusal("kaiser/god/discovery/esp32_nodes", payload) == reason)
    }

    @Test func `a relay says how it is`() throws {
        let payload = """
            {"ts":1777600000,"kaiser_id":"kaiser_02","uptime":7,"state":"ONLINE","cpu_temp":51.5,"wifi_rssi":-50,\
            "mqtt_local_connected":true,"mqtt_remote_connected":false,"relay_clients_count":3,"relay_clients":["a"],\
            "offline_queue_size":4,"messages_relayed_total":5000000000,"messages_relayed_last_minute":2,\
            "disk_usage_percent":12.5}
            """
        let expected = RelayHeartbeat(
            kaiser: KaiserID("kaiser_02")!, clock: DeviceClock(wire: 1_777_600_000), uptimeSeconds: 7,
            state: "ONLINE", isLocalConnected: true, isRemoteConnected: false, clientCount: 3, queueLength: 4,
            relayedTotal: 5_000_000_000, temperatureCelsius: 51.5, diskUsagePercent: 12.5)
        #expect(try relay(payload) == .relay(expected))
        let bare = RelayHeartbeat(kaiser: KaiserID("kaiser_02")!, clock: DeviceClock(wire: 0), state: "")
        #expect(try relay("{\"ts\":0}") == .relay(bare))
        guard case .relay(let counted) = try relay("{\"ts\":0,\"relay_clients\":[\"a\",\"b\"]}") else {
            Issue.record("no relay")
            return
        }
        #expect(counted.clientCount == 2)
    }

    private func relay(_ payload: String) throws(Refusal) -> Decoded {
        try decode(bytes: Array("kaiser/god/relay/kaiser_02/heartbeat".utf8), Array(payload.utf8))
    }

    @Test(
        arguments: [
            ("{}", .missingField), ("{\"ts\":0,\"kaiser_id\":\"other\"}", .idMismatch),
            ("{\"ts\":0,\"kaiser_id\":7}", .wrongType), ("{\"ts\":0,\"disk_usage_percent\":101}", .outOfRange),
            ("{\"ts\":0,\"uptime\":-1}", .outOfRange), ("{\"ts\":0,\"relay_clients\":7}", .wrongType),
        ] as [(String, Refusal.Reason)])
    func `a relay that cannot be understood is refused`(payload: String, reason: Refusal.Reason) {
        #expect(refusal("kaiser/god/relay/kaiser_02/heartbeat", payload) == reason)
    }

    @Test func `a zone's sensor topic is read like a device's own`() throws {
        let payload = #"{"esp_id":"ESP_7C19F2","gpio":4,"sensor_type":"ds18b20","raw":348,"ts":1777500120}"#
        let topic = "kaiser/k_2/zone/tent_a/esp/ESP_7C19F2/subzone/bench_1/sensor/4/data"
        let decoded = try decode(bytes: Array(topic.utf8), Array(payload.utf8))
        let own = try decode(bytes: Array("kaiser/k_2/esp/ESP_7C19F2/sensor/4/data".utf8), Array(payload.utf8))
        #expect(decoded == own)
        #expect(refusal(topic.replacing("sensor/4", with: "sensor/5"), payload) == .gpioMismatch)
        #expect(refusal(topic.replacing("ESP_7C19F2", with: "ESP_51E0B7"), payload) == .idMismatch)
        #expect(refusal(topic.replacing("ESP_7C19F2", with: "esp"), payload) == .invalidDeviceID)
        #expect(refusal(topic.replacing("k_2", with: "k-2"), payload) == .unknownTopic)
        #expect(refusal(topic.replacing("tent_a", with: ""), payload) == .unknownTopic)
    }
}
