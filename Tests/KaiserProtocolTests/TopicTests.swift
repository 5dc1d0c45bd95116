import KaiserProtocol
import Testing
import TwinCore

/// Every topic a device may speak on, from below ``base`` on.
let allTopics = [
    "sensor/4/data", "sensor/batch", "sensor/34/response", "pi_enhanced/request", "actuator/26/status",
    "actuator/26/response", "actuator/26/alert", "actuator/emergency/ack", "actuator/emergency/error",
    "actuator/emergency/response", "actuator/recovery_confirm", "session/announce", "system/heartbeat",
    "system/heartbeat_metrics", "system/diagnostics", "system/error", "system/queue_pressure",
    "system/intent_outcome", "system/intent_outcome/lifecycle", "system/will", "system/command/response",
    "system/response", "response", "onewire/scan_result", "config_response", "config/sensor/34/ack",
    "config/actuator/26/ack", "zone/ack", "subzone/ack", "subzone/status", "status", "health/status", "safe_mode",
    "mqtt/auth_status", "library/request", "library/download_ready", "library/chunk_ack", "library/chunk_request",
    "library/download_status", "library/installed", "library/ready", "library/error", "library/download_abort",
]

@Suite struct TopicTests {
    private func refusal(of topic: String, _ payload: String = "{}") -> Refusal? {
        do {
            _ = try decode(bytes: Array(topic.utf8), Array(payload.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test func `a report names the relay and the device of its topic`() throws {
        let topic = "kaiser/kaiser_02/esp/MOCK_TENT01/actuator/emergency/error"
        let decoded = try decode(bytes: Array(topic.utf8), Array("{\"error\":\"unauthorized\"}".utf8))
        let report = DeviceReport(
            kaiser: KaiserID("kaiser_02")!, device: DeviceID("MOCK_TENT01")!,
            message: .emergency(.refused(error: "unauthorized", message: "")))
        #expect(decoded == .report(report))
    }

    @Test(arguments: [
        "sensor/4/command", "sensor/4/processed", "system/command", "system/heartbeat/ack",
        "config", "config/sensor/4", "config/actuator/4", "zone/assign", "subzone/assign", "subzone/remove",
        "subzone/safe", "mqtt/auth_update", "library/chunk", "pi_enhanced/response",
    ])
    func `a server's messages are heard and not refused, whatever they say`(topic: String) throws {
        #expect(
            try decode(topic, "not even JSON")
                == .order(ServerOrder(topic: base + topic, isRetained: false, content: .other)))
    }

    @Test(arguments: ["kaiser/broadcast/emergency_", "kaiser/broadcast/zone/tent_a", "kaiser/god/server/status"])
    func `a server's messages to the site are heard and not refused`(topic: String) throws {
        let order = ServerOrder(topic: topic, isRetained: false, content: .other)
        #expect(try decode(bytes: Array(topic.utf8), [1]) == .order(order))
    }

    @Test(arguments: allTopics)
    func `every topic of a device is judged by its payload`(topic: String) {
        #expect(refusal(of: base + topic, "")?.reason == .emptyPayload)
        #expect(refusal(of: base + topic, "[]")?.reason == .notAnObject)
        #expect(refusal(of: base + topic + "/more", "{}")?.reason == .unknownTopic)
    }

    @Test(arguments: allTopics)
    func `what the broker kept counts only as a will or as a sensor's value`(topic: String) {
        let refusal = KaiserProtocolTests.refusal(
            bytes: Array((base + topic).utf8), Array("{\"esp_id\":\"ESP_000000\"}".utf8), isRetained: true)
        let isKept = topic == "system/will" || topic == "sensor/4/data"
        #expect(refusal?.reason == (isKept ? .idMismatch : .retained))
    }

    @Test(arguments: ["kaiser/god/discovery/esp32_nodes", "kaiser/god/relay/kaiser_02/heartbeat"])
    func `what the broker kept of a site is refused`(topic: String) {
        let refusal = KaiserProtocolTests.refusal(bytes: Array(topic.utf8), Array("{}".utf8), isRetained: true)
        #expect(refusal?.reason == .retained)
        #expect(self.refusal(of: topic, "")?.reason == .emptyPayload)
    }

    @Test func `a topic that the contract only names is refused by its shape`() {
        #expect(refusal(of: "kaiser/god/status", "{}") == Refusal(.unsupportedTopic, "{kaiser}/status"))
        #expect(refusal(of: "kaiser/god/status", "") == Refusal(.unsupportedTopic, "{kaiser}/status"))
    }

    @Test(arguments: [
        ("kaiser/god/esp/ESP_7C19F2/sensor/abc/data", "kaiser/{kaiser}/esp/{id}/sensor/*/data"),
        ("kaiser/god/esp/ESP_7C19F2/sensor/4", "kaiser/{kaiser}/esp/{id}/sensor/{gpio}"),
        ("kaiser/god/esp/ESP_7C19F2/sensor/04/data", "kaiser/{kaiser}/esp/{id}/sensor/*/data"),
        ("kaiser/god/esp/ESP_7C19F2/sensor/4/data/", "kaiser/{kaiser}/esp/{id}/sensor/{gpio}/data/*"),
        ("kaiser/god/esp/ESP_7C19F2/sensor//data", "kaiser/{kaiser}/esp/{id}/sensor/*/data"),
        ("kaiser/god/esp/ESP_7C19F2/secret\u{1}/x", "kaiser/{kaiser}/esp/{id}/*/*"),
        ("kaiser/god/esp/ESP_7C19F2", "kaiser/{kaiser}/esp/{id}"), ("kaiser/god/esp/", "kaiser/{kaiser}/esp/*"),
        ("kaiser", "kaiser"), ("", "*"), ("/", "*/{kaiser}"), ("other/12/x", "*/{gpio}/*"),
        ("kaiser/a/b/c/d/e/f/g/h/i/j/k/l/m", "kaiser/{kaiser}/*/*/*/*/*/*/*/*/*/*/#"),
    ])
    func `an unknown topic is refused by a shape without anything made up`(topic: String, shape: String) {
        #expect(refusal(of: topic) == Refusal(.unknownTopic, shape))
    }

    @Test(arguments: ["esp_7c19f2", "ESP_XYZ", "ESP_7C19F2-1", "ESP_12345", "ESP_123456789", "MOCK_", "", "ESP_é0000"])
    func `a device id that is not well formed is refused`(id: String) {
        #expect(refusal(of: "kaiser/god/esp/\(id)/sensor/4/data")?.reason == .invalidDeviceID)
        #expect(refusal(of: "kaiser/god/esp/\(id)/system/diagnostics")?.reason == .invalidDeviceID)
    }

    @Test(arguments: ["", "go-d", "g d", String(repeating: "k", count: 64)])
    func `a kaiser id that is not well formed is refused`(id: String) {
        #expect(refusal(of: "kaiser/\(id)/esp/ESP_7C19F2/sensor/4/data")?.reason == .unknownTopic)
    }

    @Test func `only an alert may name a pin that is none`() {
        #expect(refusal(of: base + "sensor/49/data")?.reason == .outOfRange)
        #expect(refusal(of: base + "sensor/255/data")?.reason == .outOfRange)
        #expect(refusal(of: base + "actuator/255/status")?.reason == .outOfRange)
        #expect(refusal(of: base + "actuator/254/alert")?.reason == .outOfRange)
        #expect(refusal(of: base + "sensor/123456/data")?.reason == .unknownTopic)
        #expect(refusal(of: base + "sensor/255/response")?.reason == .outOfRange)
        #expect(refusal(of: base + "config/sensor/255/ack")?.reason == .outOfRange)
    }

    @Test func `the topic is judged first, then the size, then the payload`() {
        let large = String(repeating: " ", count: KaiserDecoder.maximumPayloadBytes + 1)
        #expect(refusal(of: "kaiser/god/esp/ESP_XYZ/sensor/4/data", large)?.reason == .invalidDeviceID)
        #expect(refusal(of: base + "sensor/4/data", large)?.reason == .tooLarge)
        #expect(refusal(of: base + "sensor/4/data", "")?.reason == .emptyPayload)
        #expect(refusal(of: base + "sensor/4/data", "{")?.reason == .malformedJSON)
    }
}
