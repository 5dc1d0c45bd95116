import KaiserProtocol
import Testing
import TwinCore

@Suite struct TopicTests {
    private static let address = DeviceAddress(kaiser: .god, device: DeviceID("ESP_7C19F2")!)

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
        "actuator/emergency", "sensor/4/command", "sensor/4/processed", "system/command", "system/heartbeat/ack",
        "config", "config/sensor/4", "config/actuator/4", "zone/assign", "subzone/assign", "subzone/remove",
        "subzone/safe", "mqtt/auth_update", "library/chunk", "pi_enhanced/response",
    ])
    func `our own messages are heard and not refused, whatever they say`(topic: String) throws {
        #expect(try decode(topic, "not even JSON") == .own(.other))
        #expect(try decode(topic, "") == .own(.other))
    }

    @Test(arguments: ["kaiser/broadcast/emergency", "kaiser/broadcast/zone/tent_a", "kaiser/god/server/status"])
    func `our own messages to the site are heard and not refused`(topic: String) throws {
        #expect(try decode(bytes: Array(topic.utf8), []) == .own(.other))
    }

    @Test func `a message on a command topic names its actuator`() throws {
        #expect(try decode("actuator/26/command", "") == .own(.actuatorCommand(Self.address, GPIO(26)!)))
        #expect(try decode("actuator/26/set", "{}") == .own(.actuatorCommand(Self.address, GPIO(26)!)))
        #expect(try decode("actuator/99/command", "") == .own(.other))
    }

    @Test(arguments: [
        ("sensor/34/response", "sensor/{gpio}/response"), ("system/diagnostics", "system/diagnostics"),
        ("sensor/batch", "sensor/batch"), ("config/sensor/34/ack", "config/sensor/{gpio}/ack"),
        ("system/intent_outcome/lifecycle", "system/intent_outcome/lifecycle"), ("zone/ack", "zone/ack"),
        ("library/request", "library/{message}"), ("onewire/scan_result", "onewire/scan_result"),
    ])
    func `a topic that comes later is refused by its shape, whatever the payload`(topic: String, shape: String) {
        #expect(refusal(of: base + topic, "") == Refusal(.unsupportedTopic, shape))
        #expect(refusal(of: base + topic, "{\"esp_id\":\"ESP_7C19F2\"}") == Refusal(.unsupportedTopic, shape))
    }

    @Test(arguments: [
        ("kaiser/god/discovery/esp32_nodes", "{kaiser}/discovery/esp32_nodes"),
        ("kaiser/god/relay/kaiser_02/heartbeat", "{kaiser}/relay/{relay}/heartbeat"),
        (
            "kaiser/god/zone/z/esp/ESP_7C19F2/subzone/s/sensor/4/data",
            "{kaiser}/zone/{zone}/esp/{id}/subzone/{subzone}/sensor/{gpio}/data"
        ),
    ])
    func `a topic of the site that comes later is refused by its shape`(topic: String, shape: String) {
        #expect(refusal(of: topic) == Refusal(.unsupportedTopic, shape))
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
    }

    @Test func `the topic is judged first, then the size, then the payload`() {
        let large = String(repeating: " ", count: KaiserDecoder.maximumPayloadBytes + 1)
        #expect(refusal(of: "kaiser/god/esp/ESP_XYZ/sensor/4/data", large)?.reason == .invalidDeviceID)
        #expect(refusal(of: base + "sensor/4/data", large)?.reason == .tooLarge)
        #expect(refusal(of: base + "sensor/4/data", "")?.reason == .emptyPayload)
        #expect(refusal(of: base + "sensor/4/data", "{")?.reason == .malformedJSON)
    }
}
