import Foundation
import Testing

/// Makes damaged and recombined messages out of the contract's examples, the same ones from the same seed.
struct Mutator {
    /// One message to begin with.
    private struct Template {
        let topic: [UInt8]
        let payload: [UInt8]
        /// The members of the payload: keys and values as they are written; empty when it is no object.
        let members: [(key: [UInt8], value: [UInt8])]
    }

    private let templates: [Template]
    private let keys: [[UInt8]]
    private let values: [[UInt8]]
    private var generator: SeededGenerator

    /// The longest text repeated into a payload, in bytes; some go over the limit of a payload.
    private static let longest = 70_000

    init(seed: UInt64) throws {
        generator = SeededGenerator(seed: seed)
        let lines = try FixtureLine.all().filter { $0.isFromDevice || Self.isRead($0.topic) }.map {
            (Array($0.topic.utf8), $0.payload)
        }
        let more = Self.beyondFixture.map { (Array($0.topic.utf8), Array($0.payload.utf8)) }
        templates = (lines + more).map { Template(topic: $0, payload: $1, members: Self.members(of: $1)) }
        let members = templates.flatMap(\.members)
        keys = Array(Set(members.map(\.key))).sorted { $0.lexicographicallyPrecedes($1) }
        values = Array(Set(members.map(\.value) + Self.oddities)).sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Whether the payload of a server's message matters.
    private static func isRead(_ topic: String) -> Bool {
        topic.hasSuffix("/emergency") || topic.contains("/actuator/")
    }

    /// The next message.
    mutating func next() -> (topic: [UInt8], payload: [UInt8]) {
        let template = templates[below(templates.count)]
        var payload = template.payload
        if !template.members.isEmpty, below(3) > 0 { payload = recombined(template.members) }
        if below(3) == 0 { damage(&payload) }
        return (topic(template.topic), payload)
    }

    /// Changes members as wholes, so that the payload stays an object and gets past the scanner.
    private mutating func recombined(_ members: [(key: [UInt8], value: [UInt8])]) -> [UInt8] {
        var members = members
        for _ in 0..<below(4) where !members.isEmpty {
            let index = below(members.count)
            switch below(7) {
            case 0: members[index].value = values[below(values.count)]
            case 1: members.remove(at: index)
            case 2: members[index].key = keys[below(keys.count)]
            case 3: members.insert((keys[below(keys.count)], values[below(values.count)]), at: index)
            case 4: members[index].value = Array("[".utf8) + members[index].value + Array("]".utf8)
            case 5:
                members[index].value = Array("{\"gpio\":4,\"data\":".utf8) + members[index].value + [UInt8(ascii: "}")]
            default: members[index].value = Array("\(number())".utf8)
            }
        }
        var payload = [UInt8(ascii: "{")]
        for (index, member) in members.enumerated() {
            if index > 0 { payload.append(UInt8(ascii: ",")) }
            payload += member.key
            payload.append(UInt8(ascii: ":"))
            payload += member.value
        }
        payload.append(UInt8(ascii: "}"))
        return payload
    }

    private mutating func topic(_ topic: [UInt8]) -> [UInt8] {
        var topic = topic
        switch below(24) {
        case 0: topic = templates[below(templates.count)].topic
        case 1: damage(&topic)
        case 2:
            var levels = topic.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            levels[below(levels.count)] = ArraySlice("\(number())".utf8)
            topic = Array(levels.joined(separator: [UInt8(ascii: "/")]))
        case 3:
            var levels = topic.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            levels.swapAt(below(levels.count), below(levels.count))
            topic = Array(levels.joined(separator: [UInt8(ascii: "/")]))
        default: break
        }
        return topic
    }

    /// Changes single bytes and runs of bytes, whatever they mean.
    private mutating func damage(_ bytes: inout [UInt8]) {
        for _ in 0..<(1 + below(3)) where !bytes.isEmpty {
            let index = below(bytes.count)
            switch below(8) {
            case 0: bytes[index] ^= 1 << UInt8(below(8))
            case 1: bytes.removeLast(bytes.count - index)
            case 2: bytes.remove(at: index)
            case 3: bytes.insert(contentsOf: Self.oddities[below(Self.oddities.count)], at: index)
            case 4: bytes[index] = UInt8(below(256))
            case 5:
                bytes.insert(contentsOf: bytes[index...(index + below(bytes.count - index))], at: below(bytes.count))
            case 6:
                // Another number in place of a digit run's first digit keeps the form and moves the value.
                guard let digit = bytes[index...].firstIndex(where: { (0x30...0x39).contains($0) }) else { continue }
                bytes.replaceSubrange(digit...digit, with: Array("\(number())".utf8))
            default:
                guard below(256) == 0 else { continue }
                bytes.insert(contentsOf: Array(repeating: bytes[index], count: below(Self.longest)), at: index)
            }
        }
    }

    /// A number of any size, small ones as often as large ones.
    private mutating func number() -> Int64 { Int64(bitPattern: generator.next()) >> Int64(below(64)) }

    private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &generator) }

    /// Splits an object's text into its members; each key with its quotes.
    private static func members(of payload: [UInt8]) -> [(key: [UInt8], value: [UInt8])] {
        guard (try? JSONSerialization.jsonObject(with: Data(payload)) as? [String: Any]) != nil else { return [] }
        var members: [(key: [UInt8], value: [UInt8])] = []
        var (depth, isText, isEscaped, start) = (0, false, false, 1)
        var colon: Int?
        for (index, byte) in payload.enumerated() {
            if isText {
                isText = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
                continue
            }
            switch byte {
            case UInt8(ascii: "\""): isText = true
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: ":") where depth == 1: colon = colon ?? index
            case UInt8(ascii: "}") where depth == 1, UInt8(ascii: ",") where depth == 1:
                if let colon {
                    members.append((trimmed(payload[start..<colon]), trimmed(payload[(colon + 1)..<index])))
                }
                (colon, start) = (nil, index + 1)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            default: break
            }
        }
        return members
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        Array(bytes.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed())
    }

    /// Values that break things, and pieces that begin or end others.
    private static let oddities: [[UInt8]] =
        [
            "1e999", "-1e400", "NaN", "null", "true", "\"\"", "{}", "[]", "[{}]", "[null]", "[[[[[[[[[[[[[[[[[[",
            "{\"a\":{\"a\":", "\\ud800", "\\u0000", "\"a\\u0000\\n\"", "9223372036854775807", "-9223372036854775808",
            "18446744073709551616", "1e-999", "0.30000000000000004", ",", ":", "\"gpio\":4,", "\"gp\\u0069o\":4,",
            "\u{0}", "4.0", "-0", "e", "\"", "}", "\"unknown\"", "\"STALE_\u{E9}\"", "4294967295", "4294967296", "255",
        ].map { Array($0.utf8) } + [[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], [0xF0, 0x9F]]

    /// Messages on topics that the contract's examples leave out, and members they leave out.
    private static let beyondFixture: [(topic: String, payload: String)] = [
        (
            base + "sensor/4/data",
            #"{"esp_id":"ESP_7C19F2","gpio":4,"sensor_type":"ds18b20","raw":2.5e4,"ts":1,"i2c_address":68}"#
        ),
        (
            "kaiser/god/zone/z/esp/ESP_7C19F2/subzone/s/sensor/4/data",
            #"{"esp_id":"ESP_7C19F2","gpio":4,"sensor_type":"ds18b20","raw":348,"ts":1777500120}"#
        ),
        (base + "response", #"{"command":"get_config","config":{"sensors":[{"gpio":4}]},"n":1.50,"t":"a\u0041"}"#),
        (base + "health/status", #"{"system_state":"running","uptime":12}"#),
        (base + "config/actuator/26/ack", #"{"success":"no","error_code":"STALE_SCOPE","correlation_id":"c"}"#),
        (
            base + "config_response",
            #"{"status":"partial","type":"sensor","failures":[{"gpio":4,"error_code":1002,"error":"GPIO_CONFLICT"}]}"#
        ),
        (base + "library/download_ready", #"{"download_id":"d","ready":true,"free_heap":90000}"#),
        (base + "library/chunk_ack", #"{"download_id":"d","chunk_index":3,"received":true,"crc_valid":true}"#),
        (base + "library/chunk_request", #"{"download_id":"d","chunk_index":3,"reason":"timeout"}"#),
        (base + "library/download_status", #"{"success":false,"failed_chunks":[1,2],"error":"crc"}"#),
        (base + "library/installed", #"{"library_name":"ph_v2"}"#), (base + "library/ready", "{}"),
        (base + "library/error", #"{"error_type":"memory","error_message":"full"}"#),
        (base + "library/download_abort", #"{"reason":"stop"}"#),
        ("kaiser/god/server/claim", #"{"epoch":7,"instance":"a-1","ts":1777600000}"#),
        (
            "kaiser/god/relay/kaiser_02/heartbeat",
            #"{"ts":1777600000,"kaiser_id":"kaiser_02","uptime":7,"state":"ONLINE","cpu_temp":51.5,"#
                + #""relay_clients":["a","b"],"offline_queue_size":4,"disk_usage_percent":12.5}"#
        ),
    ]
}
