import Foundation
import KaiserProtocol
import Testing
import TwinCore

@testable import TwinRuntime

/// Every line a device sends in the contract's examples, each into a fresh runtime whose clock stands at the line's
/// `now`.
@Suite struct FixtureTests {
    /// The topics that a later version understands: dead letters until then.
    private static let laterShapes: Set<String> = [
        "sensor/batch", "sensor/{gpio}/response", "system/diagnostics", "system/error", "system/queue_pressure",
        "system/intent_outcome", "system/intent_outcome/lifecycle", "system/command/response", "system/response",
        "onewire/scan_result", "config_response", "config/sensor/{gpio}/ack", "zone/ack", "subzone/ack",
        "subzone/status", "status", "safe_mode", "mqtt/auth_status", "library/{message}", "pi_enhanced/request",
        "kaiser/{kaiser}/discovery/esp32_nodes",
    ]
    private static let known = ["ESP_7C19F2", "ESP_0D44A19C", "MOCK_TENT01"]

    private struct Line {
        let number: Int
        let topic: String
        let payload: String
        let isRetained: Bool
        let isValid: Bool
        let now: UnixTime
        let note: Comment

        /// The topic below its device, with numbers and names replaced.
        var shape: String {
            let levels = topic.split(separator: "/").map(String.init)
            guard levels.count > 4, levels[2] == "esp" else { return "kaiser/{kaiser}/discovery/esp32_nodes" }
            if levels[4] == "library" { return "library/{message}" }
            return levels.dropFirst(4).map { Int($0) == nil ? $0 : "{gpio}" }.joined(separator: "/")
        }
    }

    private static func lines() throws -> [Line] {
        let file = try #require(
            Bundle.module.url(forResource: "device-messages", withExtension: "jsonl", subdirectory: "Fixtures"))
        let text = try String(contentsOf: file, encoding: .utf8)
        return try text.split(separator: "\n").enumerated().compactMap { index, line in
            let members = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
            guard members["dir"] as? String == "device->server" else { return nil }
            let seconds = try #require(members["now"] as? Int64)
            return Line(
                number: index + 1, topic: try #require(members["topic"] as? String),
                payload: try members["raw"] as? String ?? String(payload(of: line)),
                isRetained: try #require(members["retain"] as? Bool), isValid: try #require(members["valid"] as? Bool),
                now: UnixTime(milliseconds: seconds * 1000),
                note: Comment(rawValue: "line \(index + 1): \(members["note"] as? String ?? "")"))
        }
    }

    /// The payload as it is written: through Foundation, `1.0` would come back as `1`.
    private static func payload(of line: Substring) throws -> Substring {
        let start = try #require(line.range(of: "\"payload\": ")).upperBound
        let end = try #require(line.range(of: ", \"valid\": ", options: .backwards)).lowerBound
        return line[start..<end]
    }

    /// What came of one line.
    private struct Effect {
        let before: [DeviceSnapshot]
        let after: [DeviceSnapshot]
        let deadLetters: [DeadLetter]
        let published: Int

        /// The twins that are new or have another revision.
        var changed: [String] {
            after.filter { twin in !before.contains { $0.device.id == twin.device.id && $0.revision == twin.revision } }
                .map(\.device.id.description)
        }
    }

    private static func effect(of line: Line) throws -> Effect {
        let stage = Stage(at: line.now)
        try stage.start()
        for name in known { stage.beat(try #require(DeviceID(name))) }
        let first = try #require(DeviceID("ESP_7C19F2"))
        for (gpio, type) in [(26, "pump"), (25, "pwm"), (27, "valve")] { stage.show(first, gpio, .off, type: type) }
        stage.show(try #require(DeviceID("MOCK_TENT01")), 5, .off, type: "relay")
        // The erasures that the first heartbeats asked for come back from the broker.
        for name in known { stage.hear("kaiser/god/esp/\(name)/system/will", "", isRetained: true) }
        stage.broker.forget()
        try #require(stage.deadLetters.isEmpty)
        let before = stage.twins
        stage.hear(line.topic, line.payload, isRetained: line.isRetained)
        #expect(stage.runtime.assumeIsolated { $0.isQuiet }, line.note)
        return Effect(
            before: before, after: stage.twins, deadLetters: stage.deadLetters,
            published: stage.broker.publications.count)
    }

    @Test func `every line has its effect, is refused with a reason, or is of a later topic`() throws {
        var counts: [String: Int] = [:]
        var shapes: Set<String> = []
        for line in try Self.lines() {
            let effect = try Self.effect(of: line)
            if effect.deadLetters.first?.refusal.reason == .unsupportedTopic {
                shapes.insert(line.shape)
                counts["later", default: 0] += 1
                verifyRefused(line, effect)
            } else if line.isValid {
                counts["accepted", default: 0] += 1
                verifyAccepted(line, effect)
            } else {
                counts["refused", default: 0] += 1
                verifyRefused(line, effect)
            }
        }
        #expect(counts == ["accepted": 46, "refused": 43, "later": 59])
        #expect(shapes == Self.laterShapes)
    }

    private func verifyAccepted(_ line: Line, _ effect: Effect) {
        #expect(effect.deadLetters.isEmpty, line.note)
        #expect(effect.changed == [String(line.topic.split(separator: "/")[3])], line.note)
        if line.shape == "system/heartbeat" { #expect(effect.published >= 1, line.note) }
    }

    private func verifyRefused(_ line: Line, _ effect: Effect) {
        #expect(effect.deadLetters.count == 1, line.note)
        #expect(effect.deadLetters.first?.topic == line.topic, line.note)
        #expect(effect.deadLetters.first?.payload == Array(line.payload.utf8), line.note)
        #expect(effect.deadLetters.first?.refusal.detail.isEmpty == false, line.note)
        #expect(effect.after == effect.before, line.note)
        #expect(effect.published == 0, line.note)
    }

    @Test(
        arguments: [
            (14, .tooOld), (15, .missingField), (19, .wrongType), (23, .unknownValue), (24, .gpioMismatch),
            (26, .idMismatch), (28, .notFinite), (29, .malformedJSON), (30, .notAnObject), (31, .emptyPayload),
            (32, .unknownDevice), (34, .invalidDeviceID), (116, .emptyPayload), (117, .unknownDevice),
        ] as [(Int, Refusal.Reason)])
    func `a refused line has the reason a person would look for`(number: Int, reason: Refusal.Reason) throws {
        let line = try #require(try Self.lines().first { $0.number == number })
        let effect = try Self.effect(of: line)
        #expect(effect.deadLetters.map(\.refusal.reason) == [reason], line.note)
    }

    @Test(
        arguments: [
            (1, "4:ds18b20:28AA11BB22CC33D4", 21.75, .good), (2, "4:ds18b20:28AA11BB22CC33D4", -5.5, .good),
            (4, "34:ph", 7, .fair), (5, "32:moisture", 50, .good), (6, "32:moisture", 0, .suspect),
            (7, "4:ds18b20:28AA11BB22CC33D4", 21.75, .good), (8, "4:ds18b20", 22, .good),
            (13, "21:light", 18_500, .unknown), (33, "4:ds18b20:28AA11BB22CC33D4", 21.75, .good),
        ] as [(Int, String, Double, Quality)])
    func `a reading becomes the value its note says`(
        number: Int, sensor: String, value: Double, quality: Quality
    ) throws {
        let line = try #require(try Self.lines().first { $0.number == number })
        let sensors = try Self.effect(of: line).after.flatMap(\.sensors)
        #expect(sensors.map(\.key.id) == [sensor], line.note)
        #expect(sensors.first?.latest?.value == value, line.note)
        #expect(sensors.first?.latest?.quality == quality, line.note)
    }

    @Test func `a fault is stored beside the latest value and not as the latest value`() throws {
        let line = try #require(try Self.lines().first { $0.number == 10 })
        let sensor = try #require(try Self.effect(of: line).after.flatMap(\.sensors).first)
        #expect(sensor.latest == nil)
        #expect(sensor.fault?.errorCode == 1060)
    }
}
