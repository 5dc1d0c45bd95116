import Testing
import TwinCore

@testable import TwinRuntime

/// One of the contract's examples of what devices are told, and how the runtime comes to say the same.
struct OutboundExample: Sendable, CustomTestStringConvertible {
    let line: Int
    /// Members of the example that Doppel leaves out, which the contract allows.
    var missing: Set<String> = []
    /// Members that Doppel adds, which the contract allows.
    var extra: Set<String> = []
    /// Members of which only the type has to agree, beside ``free``.
    var own: Set<String> = []
    /// Plays what leads to the message.
    let play: @Sendable () throws -> Publication?

    var testDescription: String { "line \(line)" }

    /// Members whose values are each message's own: ids, times, the words of people.
    static let free: Set<String> = [
        "correlation_id", "intent_id", "request_id", "incident_correlation_id", "generation", "timestamp", "reason",
        "issued_by",
    ]

    /// All of them.
    static let all: [Self] = switching + stopping + administrating + configuring + processing

    private static let switching: [Self] = [
        Self(line: 149, extra: ["ttl_ms"]) {
            let stage = try Stage.greenhouse()
            _ = stage.command(.on, seconds: 90)
            return stage.last("actuator/26/command")
        },
        // The lease goes along; a device heeds it with ON only.
        Self(line: 150, extra: ["ttl_ms", "issued_by"], own: ["duration"]) {
            let stage = try Stage.greenhouse()
            _ = stage.command(.pwm, .first, 25, value: 0.4)
            return stage.last("actuator/25/command")
        },
    ]

    /// A greenhouse whose first device holds a secret.
    private static func guarded() throws -> Stage {
        let stage = try Stage.greenhouse()
        stage.operate(.setEmergencyToken(EmergencyToken("t0ken")!, .device))
        stage.answerSystem("set_emergency_token", more: ",\"token_type\":\"esp\"")
        return stage
    }

    private static let stopping: [Self] = [
        Self(line: 154) {
            let stage = try guarded()
            _ = stage.stop(.device(.first))
            return stage.last("actuator/emergency")
        },
        Self(line: 155, extra: ["reason"]) {
            let stage = try guarded()
            _ = stage.stop(.device(.first))
            _ = stage.clear()
            stage.pass(milliseconds: DeviceState.clearDelayMilliseconds)
            return stage.last("actuator/emergency")
        },
        Self(line: 156, missing: ["devices_stopped", "actuators_stopped"]) {
            let stage = try Stage.greenhouse()
            _ = stage.stop(.all)
            return stage.last("broadcast/emergency")
        },
    ]

    private static func operated(
        _ kind: TwinCore.Operation.Kind, _ device: DeviceID = .first
    ) throws -> Publication? {
        let stage = try Stage.greenhouse()
        stage.operate(kind, device)
        return stage.broker.publications.last
    }

    private static let administrating: [Self] = [
        Self(line: 153) { try operated(.measure(.pin(34), timeoutMilliseconds: 5000), .second) },
        Self(line: 160) { try operated(.diagnostics) },
        Self(line: 162) {
            let stage = try Stage.greenhouse()
            stage.beat(.first)
            return stage.last("heartbeat/ack")
        },
        Self(line: 163) {
            let stage = try Stage.started(options: RuntimeOptions(approval: .manual))
            let first = try FixtureLine.number(79)
            stage.hear(first.topic, first.payload)
            return stage.last("heartbeat/ack")
        },
        Self(line: 172, extra: ["safe_mode"]) {
            try operated(.isolateSubzone("bench_1", isIsolated: true, reason: "maintenance"))
        },
        Self(line: 178) {
            try operated(
                .updateCredentials(
                    Credentials(
                        isEnabled: true, username: "esp_7c19f2", password: "example-only", reconnects: true)))
        },
    ]

    /// A device that was told its zone, and then its parts, and then its subzone, as far as it is asked for.
    private static func configured(_ stage: Stage) throws {
        stage.pass(milliseconds: DeviceState.settleMilliseconds)
        let probe = SensorKey(gpio: .pin(4), type: "ds18b20", address: .oneWire("28AA11BB22CC33D4"))
        stage.configure { desired in
            desired.zone = ZoneWish(id: "tent_a", masterID: "site_1", name: "Tent A")
            desired.sensors[probe] = SensorWish(name: "bench probe", subzone: "bench_1")
            desired.actuators[.pin(26)] = ActuatorWish(
                type: "pump", name: "drip", maximumRuntimeMilliseconds: 600_000)
            desired.subzones["bench_1"] = SubzoneWish(name: "Bench 1", gpios: [.pin(4), .pin(26)])
        }
        stage.answerZone("zone_assigned", "tent_a", try #require(stage.last("/zone/assign")?.member("correlation_id")))
        let push = try #require(stage.last("/config")?.member("correlation_id"))
        stage.answerConfig("sensor", push)
        stage.answerConfig("actuator", push)
    }

    private static let configuring: [Self] = [
        Self(line: 165, extra: ["config_fingerprint"]) {
            let stage = try Stage.greenhouse()
            try configured(stage)
            return stage.last("/config")
        },
        Self(line: 169) {
            let stage = try Stage.greenhouse()
            try configured(stage)
            return stage.last("/zone/assign")
        },
        Self(line: 170) {
            let stage = try Stage.greenhouse()
            try configured(stage)
            return stage.last("subzone/assign")
        },
        Self(line: 171, extra: ["correlation_id"]) {
            let stage = try Stage.greenhouse()
            try configured(stage)
            let id = try #require(stage.last("subzone/assign")?.member("correlation_id"))
            stage.hear(
                from: .first, "subzone/ack",
                """
                {"esp_id":"ESP_7C19F2","status":"subzone_assigned","subzone_id":"bench_1","timestamp":1777600000,\
                "correlation_id":"\(id)"}
                """)
            stage.configure { $0.subzones["bench_1"] = nil }
            return stage.last("subzone/remove")
        },
    ]

    /// What comes of one of the contract's own examples.
    private static func heard(_ number: Int, _ suffix: String, tellsProcessed: Bool) throws -> Publication? {
        let options = RuntimeOptions(approval: .automatic, tellsProcessed: tellsProcessed)
        let stage = try Stage.greenhouse(options: options)
        let line = try FixtureLine.number(number)
        stage.hear(line.topic, line.payload)
        return stage.last(suffix)
    }

    private static let processing: [Self] = [
        Self(line: 175, extra: ["sensor_type"]) { try heard(1, "sensor/4/processed", tellsProcessed: true) },
        Self(line: 176, extra: ["gpio", "quality"]) {
            try heard(142, "pi_enhanced/response", tellsProcessed: false)
        },
        Self(line: 177, extra: ["gpio", "quality"]) {
            let stage = try Stage.greenhouse(catalogue: .models)
            stage.hear(
                from: .first, "pi_enhanced/request",
                "{\"gpio\":21,\"sensor_type\":\"sht31\",\"raw_value\":2576967270}")
            return stage.last("pi_enhanced/response")
        },
    ]
}
