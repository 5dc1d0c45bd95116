import Foundation
import KaiserProtocol
import Testing
import TwinCore

/// Seeded damage to valid messages: nothing may trap, and what is accepted must keep the promises of the types.
@Suite struct FuzzTests {
    private static let seeds: [(topic: String, payload: String)] = [
        (
            "sensor/4/data",
            #"{"esp_id":"ESP_7C19F2","seq":118,"gpio":4,"sensor_type":"ds18b20","raw":348,"value":21.75,"unit":"°C","#
                + #""quality":"good","ts":1777500120,"time_valid":true,"onewire_address":"28AA11BB22CC33D4"}"#
        ),
        (
            "sensor/0/data",
            #"{"esp_id":"ESP_7C19F2","gpio":0,"sensor_type":"sht31_temp","raw":2.5e4,"ts":1,"i2c_address":68}"#
        ),
        (
            "actuator/26/status",
            #"{"esp_id":"ESP_7C19F2","ts":1777599997,"gpio":26,"type":"pump","state":true,"pwm":255,"runtime_ms":42}"#
        ),
        ("actuator/26/response", #"{"success":"yes","correlation_id":"c-\u0031\ud834\udd1e","message":"done\n"}"#),
        ("actuator/255/alert", #"{"esp_id":"ESP_7C19F2","ts":1.5,"gpio":255,"alert_type":"verification_failed"}"#),
        (
            "system/heartbeat",
            #"{"ts":1777600000,"uptime":33,"free_heap":40211,"wifi_rssi":-71,"config_status":{"state":9,"x":[1,{}]}}"#
        ),
        ("system/heartbeat_metrics", #"{"publish_queue_fill":1,"publish_queue_hwm":5}"#),
        ("session/announce", #"{"handover_epoch":3,"reason":"boot","ts_ms":1777599940250}"#),
        ("system/will", #"{"status":"offline","reason":"timeout","timestamp":0}"#),
        ("actuator/emergency/ack", #"{"esp_id":"ESP_7C19F2","outcome":"executed","gpio_count":3}"#),
        ("actuator/recovery_confirm", #"{"esp_id":"ESP_7C19F2","state":"cleared"}"#),
    ]

    private static let splices: [[UInt8]] =
        [
            "1e999", "-1e400", "NaN", "null", "true", "\"\"", "{}", "[[[[[[[[[[[[[[[[[[", "{\"a\":{\"a\":", "\\ud800",
            "\\u0000",
            "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1e-999", "0.30000000000000004", ",",
            ":",
            "\"gpio\":4,", "\"gp\\u0069o\":4,", "\u{0}", "4.0", "-0", "e", "\"", "}",
        ].map { Array($0.utf8) } + [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], [0xF0, 0x9F]]

    private static func damage(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 0...3, using: &generator) where !bytes.isEmpty {
            let index = Int.random(in: 0..<bytes.count, using: &generator)
            switch Int.random(in: 0..<7, using: &generator) {
            case 0: bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            case 1: bytes.removeLast(bytes.count - index)
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(contentsOf: splices.randomElement(using: &generator) ?? [], at: index)
            case 4: bytes[index] = UInt8.random(in: 0...255, using: &generator)
            case 5:
                let end = Int.random(in: index..<bytes.count, using: &generator)
                bytes.insert(contentsOf: bytes[index...end], at: Int.random(in: 0...bytes.count, using: &generator))
            default:
                // Another number in place of a digit run's first digit keeps the form and moves the value.
                guard let digit = bytes[index...].firstIndex(where: { (0x30...0x39).contains($0) }) else { continue }
                let number =
                    Int64.random(in: .min ... .max, using: &generator)
                    >> Int64.random(in: 0..<64, using: &generator)
                bytes.replaceSubrange(digit...digit, with: Array("\(number)".utf8))
            }
        }
        return bytes
    }

    @Test(arguments: [1, 2, 3, 4])
    func `damaged messages never trap, and what is accepted keeps its promises`(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var accepted = 0
        for _ in 0..<50_000 {
            guard let (topic, payload) = Self.seeds.randomElement(using: &generator) else { continue }
            let bytes = Self.damage(Array(payload.utf8), &generator)
            var topicBytes = Array((base + topic).utf8)
            if Int.random(in: 0..<8, using: &generator) == 0 { topicBytes = Self.damage(topicBytes, &generator) }
            guard let decoded = try? decode(bytes: topicBytes, bytes) else { continue }
            guard case .report(let report) = decoded else { continue }
            accepted += 1
            Self.check(report, "seed \(seed): \(String(decoding: bytes, as: UTF8.self))")
            #expect(
                (try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]) != nil,
                "Foundation refuses what we accept: \(String(decoding: bytes, as: UTF8.self))")
        }
        // Neither is the damage so great that nothing is left to check.
        #expect(accepted > 5000)
    }

    private static func check(_ report: DeviceReport, _ comment: Comment) {
        #expect(DeviceID(report.device.description) == report.device, comment)
        switch report.message {
        case .sensor(let report):
            #expect(report.raw.isFinite && abs(report.raw) <= 2_147_483_648, comment)
            #expect(report.value?.isFinite ?? true, comment)
            #expect((1...32).contains(report.type.utf8.count), comment)
            #expect(report.quality?.isWireWord ?? true, comment)
            if case .oneWire(let rom) = report.address { #expect(rom.count == 16, comment) }
            if case .i2c(let address) = report.address { #expect((1...127).contains(address), comment) }
        case .heartbeat(let heartbeat):
            #expect(heartbeat.uptimeSeconds >= 0 && heartbeat.heapFreeBytes >= 0, comment)
            #expect((-128...127).contains(heartbeat.rssiDBm), comment)
        case .metrics(let metrics):
            #expect(metrics.counters.values.allSatisfy { $0 >= 0 } && metrics.counters.count <= 16, comment)
        case .announcement(let announcement): #expect(announcement.epoch >= 1, comment)
        case .will(let will): #expect((1...64).contains(will.reason.utf8.count), comment)
        case .actuatorStatus(let status):
            #expect((0...255).contains(status.level) && !status.type.isEmpty, comment)
            #expect(status.runtimeMilliseconds ?? 0 >= 0, comment)
        case .actuatorResponse(let response): #expect(response.message.utf8.count <= 256, comment)
        case .actuatorAlert(let alert): #expect((1...64).contains(alert.type.utf8.count), comment)
        case .emergency(.acknowledged(_, let outputs)): #expect((0...255).contains(outputs ?? 0), comment)
        case .emergency: break
        }
    }

    @Test func `random bytes never trap`() {
        var generator = SeededGenerator(seed: 5)
        let alphabet = Array("{}[]\":,0123456789eE+-.\\utrfnalse \u{1}é".utf8)
        for _ in 0..<50_000 {
            let length = Int.random(in: 0..<48, using: &generator)
            let bytes =
                [UInt8(ascii: "{")]
                + (0..<length).map { _ in alphabet[Int.random(in: 0..<alphabet.count, using: &generator)] }
            guard (try? JSONObject(bytes.span)) != nil else { continue }
            #expect((try? JSONSerialization.jsonObject(with: Data(bytes))) != nil, "\(bytes)")
        }
    }
}
