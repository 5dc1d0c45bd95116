import KaiserProtocol
import Testing
import TwinCore

@Suite struct ProcessingEncodingTests {
    private let address = DeviceAddress(kaiser: .god, device: DeviceID("ESP_7C19F2")!)
    private let gpio = GPIO(4)!

    private func text(_ message: OutboundMessage) -> String { String(decoding: message.payload, as: UTF8.self) }

    private func answer(
        _ values: [ProcessedMember], request: String? = nil, error: String? = nil
    ) -> OutboundMessage {
        KaiserEncoder.encode(
            .answerProcessing(
                ProcessingAnswer(address: address, gpio: gpio, request: request, values: values, error: error)))
    }

    @Test func `one value is answered with its unit`() {
        let message = answer(
            [ProcessedMember(name: "value", value: 21.75, unit: "°C", quality: .good)], request: "r-1")
        #expect(message.topic == "kaiser/god/esp/ESP_7C19F2/pi_enhanced/response")
        #expect(message.qos == 1)
        #expect(!message.isRetained)
        #expect(
            text(message)
                == #"{"value":21.75,"unit":"°C","status":"ok","quality":"good","gpio":4,"request_id":"r-1"}"#)
    }

    @Test func `a chip's values are answered by their names, with the worse quality`() {
        let message = answer([
            ProcessedMember(name: "temperature", value: 25, unit: "°C", quality: .good),
            ProcessedMember(name: "humidity", value: 60, unit: "%RH", quality: .fair),
        ])
        #expect(text(message) == #"{"temperature":25.0,"humidity":60.0,"status":"ok","quality":"fair","gpio":4}"#)
    }

    @Test func `a failure is answered with its reason, cut for a small device`() {
        let message = answer([], error: "nobody knows '\"acme\"' " + String(repeating: "x", count: 200))
        let text = text(message)
        #expect(text.hasPrefix(#"{"status":"error","error":"nobody knows '\"acme\"' xxx"#))
        #expect(text.hasSuffix(#"x","gpio":4}"#))
        #expect(text.utf8.count < 160)
        #expect(self.text(answer([])) == #"{"status":"error","error":"there is no value","gpio":4}"#)
    }

    @Test func `a name with odd characters is still JSON`() {
        let message = answer([ProcessedMember(name: "a\"b\n", value: 1, unit: "", quality: .unknown)])
        #expect(text(message).hasPrefix(#"{"a\"b\n":1.0,"unit":"""#))
    }

    @Test func `a processed value is told to the device`() {
        let message = KaiserEncoder.encode(
            .tellProcessed(
                ProcessedValue(
                    address: address, gpio: gpio, type: "ds18b20", value: 21.75, unit: "°C", quality: .good,
                    eventTime: UnixTime(milliseconds: 1_777_600_000_999))))
        #expect(message.topic == "kaiser/god/esp/ESP_7C19F2/sensor/4/processed")
        #expect(message.qos == 1)
        #expect(
            text(message)
                == #"{"processed_value":21.75,"unit":"°C","quality":"good","timestamp":1777600000,"#
                + #""sensor_type":"ds18b20"}"#)
    }
}
