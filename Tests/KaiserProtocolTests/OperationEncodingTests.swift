import KaiserProtocol
import Testing
import TwinCore

@Suite struct OperationEncodingTests {
    private static let address = DeviceAddress(kaiser: KaiserID("kaiser_02")!, device: DeviceID("ESP_7C19F2")!)
    private static let prefix = "kaiser/kaiser_02/esp/ESP_7C19F2/"

    private func text(_ message: OutboundMessage) -> String { String(decoding: message.payload, as: UTF8.self) }

    private func message(_ kind: Operation.Kind) -> OutboundMessage {
        let operation = Operation(
            id: CommandID("op-1"), kind: kind, issuedBy: "user:mara",
            issuedAt: UnixTime(milliseconds: 1_777_600_000_250))
        return KaiserEncoder.encode(.operate(Self.address, operation))
    }

    @Test func `a measurement carries its request's id under all three names`() {
        let message = message(.measure(GPIO(34)!, timeoutMilliseconds: 5_000))
        #expect(message.topic == Self.prefix + "sensor/34/command")
        #expect(message.qos == 2 && !message.isRetained && message.expirySeconds == 30)
        #expect(
            text(message) == """
                {"command":"measure","request_id":"op-1","correlation_id":"op-1","intent_id":"op-1",\
                "timestamp":1777600000,"timeout_ms":5000}
                """)
    }

    @Test(arguments: [
        (Operation.Kind.status, #"{"command":"status","params":{},"timestamp":1777600000}"#),
        (.diagnostics, #"{"command":"diagnostics","params":{},"timestamp":1777600000}"#),
        (.readConfiguration, #"{"command":"get_config","params":{},"timestamp":1777600000}"#),
        (.enterSafeMode, #"{"command":"safe_mode","params":{},"timestamp":1777600000}"#),
        (.leaveSafeMode, #"{"command":"exit_safe_mode","params":{},"timestamp":1777600000}"#),
        (.setLogLevel("INFO"), #"{"command":"set_log_level","params":{"level":"INFO"},"timestamp":1777600000}"#),
        (.scanOneWire(nil), #"{"command":"onewire/scan","params":{},"timestamp":1777600000}"#),
        (.scanOneWire(GPIO(4)!), #"{"command":"onewire/scan","params":{"pin":4},"timestamp":1777600000}"#),
        (.factoryReset, #"{"command":"factory_reset","params":{},"confirm":true,"timestamp":1777600000}"#),
        (
            .setEmergencyToken(EmergencyToken("t0\"ken")!, .device),
            #"{"command":"set_emergency_token","params":{"token":"t0\"ken","token_type":"esp"},"#
                + #""timestamp":1777600000}"#
        ),
        (
            .setEmergencyToken(EmergencyToken("t0ken")!, .broadcast),
            #"{"command":"set_emergency_token","params":{"token":"t0ken","token_type":"broadcast"},"#
                + #""timestamp":1777600000}"#
        ),
    ])
    func `a system command has the firmware's exact word`(_ kind: Operation.Kind, _ payload: String) {
        let message = message(kind)
        #expect(message.topic == Self.prefix + "system/command")
        #expect(message.qos == 2 && !message.isRetained)
        #expect(message.expirySeconds == (kind == .enterSafeMode ? nil : 30))
        #expect(text(message) == payload)
    }

    @Test func `credentials go to their own topic`() {
        let message = message(
            .updateCredentials(
                Credentials(isEnabled: true, username: "esp_7c19f2", password: "example-only", reconnects: true)))
        #expect(message.topic == Self.prefix + "mqtt/auth_update")
        #expect(message.qos == 1 && !message.isRetained && message.expirySeconds == 30)
        #expect(
            text(message) == """
                {"enabled":true,"username":"esp_7c19f2","password":"example-only","force_reconnect":true}
                """)
    }

    @Test func `an isolation never expires and its end does`() {
        let isolation = message(.isolateSubzone("bench_1", isIsolated: true, reason: "maintenance"))
        #expect(isolation.topic == Self.prefix + "subzone/safe")
        #expect(isolation.qos == 1 && !isolation.isRetained && isolation.expirySeconds == nil)
        #expect(
            text(isolation) == """
                {"subzone_id":"bench_1","action":"enable","safe_mode":true,"reason":"maintenance",\
                "timestamp":1777600000}
                """)
        let end = message(.isolateSubzone("bench_1", isIsolated: false, reason: ""))
        #expect(end.expirySeconds == 30)
        #expect(
            text(end) == """
                {"subzone_id":"bench_1","action":"disable","safe_mode":false,"reason":"","timestamp":1777600000}
                """)
    }

    @Test func `an operation fits the device's buffer whatever it says`() {
        let long = String(repeating: "\u{1}", count: 900)
        let token = EmergencyToken(String(repeating: "\"", count: EmergencyToken.maximumLength))!
        let kinds: [Operation.Kind] = [
            .isolateSubzone(long, isIsolated: true, reason: long), .setLogLevel(long),
            .setEmergencyToken(token, .broadcast),
        ]
        for kind in kinds { #expect(message(kind).payload.count <= 512) }
    }
}
