import Testing
import TwinCore

@testable import TwinRuntime

/// Every line a device sends in the contract's examples, each into a fresh runtime whose clock stands at the line's
/// `now`.
@Suite struct FixtureTests {
    @Test func `every line has its effect or its answer, or is refused with one reason`() throws {
        var counts: [String: Int] = [:]
        for line in try FixtureLine.all() where line.isFromDevice {
            let effect = try FixtureEffect(of: line)
            if line.isValid { verifyAccepted(line, effect) } else { verifyRefused(line, effect) }
            counts[line.isValid ? "accepted" : "refused", default: 0] += 1
        }
        #expect(counts == ["accepted": 85, "refused": 63])
    }

    private func verifyAccepted(_ line: FixtureLine, _ effect: FixtureEffect) {
        #expect(effect.deadLetters.isEmpty, line.note)
        // The old discovery message names its device in the payload.
        let device = line.topic.hasSuffix("esp32_nodes") ? "ESP_51E0B7" : line.topic.split(separator: "/")[3]
        switch line.shape {
        // A question: it changes nothing, and is answered on two topics.
        case "pi_enhanced/request":
            #expect(effect.changed.isEmpty, line.note)
            #expect(effect.left == ["\(device)/4 processed 21.75", "\(device) answer ok"], line.note)
        case "system/heartbeat":
            #expect(effect.changed == [String(device)], line.note)
            #expect(effect.left.contains { $0.hasPrefix("\(device) ack ") }, line.note)
        default: #expect(effect.changed == [String(device)], line.note)
        }
    }

    private func verifyRefused(_ line: FixtureLine, _ effect: FixtureEffect) {
        #expect(effect.deadLetters.count == 1, line.note)
        #expect(effect.deadLetters.first?.topic == line.topic, line.note)
        #expect(effect.deadLetters.first?.payload == Array(line.payload.utf8), line.note)
        #expect(effect.deadLetters.first?.refusal.detail.isEmpty == false, line.note)
        #expect(effect.after == effect.before, line.note)
        #expect(effect.left.isEmpty, line.note)
    }

    @Test(
        arguments: [
            (14, .tooOld), (15, .missingField), (19, .wrongType), (23, .unknownValue), (24, .gpioMismatch),
            (26, .idMismatch), (28, .notFinite), (29, .malformedJSON), (30, .notAnObject), (31, .emptyPayload),
            (32, .unknownDevice), (34, .invalidDeviceID), (39, .missingField), (43, .missingField), (93, .wrongType),
            (99, .missingField), (109, .wrongType), (112, .missingField), (116, .emptyPayload),
            (117, .unknownDevice), (122, .outOfRange), (127, .unknownValue), (133, .unknownValue),
            (137, .missingField), (140, .invalidDeviceID), (143, .wrongType),
        ] as [(Int, Refusal.Reason)])
    func `a refused line has the reason a person would look for`(number: Int, reason: Refusal.Reason) throws {
        let line = try FixtureLine.number(number)
        let effect = try FixtureEffect(of: line)
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
        let line = try FixtureLine.number(number)
        let sensors = try FixtureEffect(of: line).after.flatMap(\.sensors)
        #expect(sensors.map(\.key.id) == [sensor], line.note)
        #expect(sensors.first?.latest?.value == value, line.note)
        #expect(sensors.first?.latest?.quality == quality, line.note)
    }

    @Test func `a fault is stored beside the latest value and not as the latest value`() throws {
        let line = try FixtureLine.number(10)
        let sensor = try #require(try FixtureEffect(of: line).after.flatMap(\.sensors).first)
        #expect(sensor.latest == nil)
        #expect(sensor.fault?.errorCode == 1060)
    }
}
