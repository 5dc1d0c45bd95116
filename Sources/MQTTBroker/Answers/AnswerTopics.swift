/// Which topics have a connection of their own, so that they do not wait behind telemetry: what devices answer, show
/// and complain of, and stops.
///
/// What is not here comes on the ingest connection alone: readings; wills, which must stay behind the readings sent
/// before them, or those would revive a device that is gone; our own messages; and whatever nobody knows. The filters
/// are disjoint: mosquitto delivers one copy for each that matches. Whoever changes them gives the answers session
/// another name: one that was kept lacks what a new filter brings.
enum AnswerTopics {
    /// Below `kaiser/{kaiser}/esp/{id}/`; `actuator/emergency/response` is an `actuator/+/response` too.
    static let ofDevices = [
        "actuator/+/status", "actuator/+/response", "actuator/+/alert", "actuator/emergency",
        "actuator/emergency/ack", "actuator/emergency/error", "actuator/recovery_confirm", "system/heartbeat",
        "system/heartbeat_metrics", "system/diagnostics",
        "system/error", "system/queue_pressure", "system/intent_outcome/#", "system/command/response",
        "system/response", "response", "session/announce", "sensor/+/response", "pi_enhanced/request",
        "config_response", "config/sensor/+/ack", "config/actuator/+/ack", "zone/ack", "subzone/ack", "subzone/status",
        "onewire/scan_result", "status", "health/status", "safe_mode", "mqtt/auth_status", "library/request",
        "library/download_ready", "library/chunk_ack", "library/chunk_request", "library/download_status",
        "library/installed", "library/ready", "library/error", "library/download_abort",
    ]
    /// Of no one device.
    static let ofSite = ["kaiser/broadcast/emergency", "kaiser/+/discovery/esp32_nodes", "kaiser/+/relay/+/heartbeat"]

    /// What the answers connection subscribes to.
    static let filters = ofDevices.map { "kaiser/+/esp/+/" + $0 } + ofSite

    private static let siteFilters = ofSite.map(TopicFilter.init)
    /// The devices' filters by their first byte.
    private static let deviceFilters: [[TopicFilter]] = {
        var table = [[TopicFilter]](repeating: [], count: 256)
        for filter in ofDevices.map(TopicFilter.init) { table[Int(filter.pattern[0])].append(filter) }
        return table
    }()

    /// Whether one of ``filters`` matches a topic.
    static func contains(_ topic: Span<UInt8>) -> Bool {
        guard starts(topic, from: 0, with: "kaiser/") else { return false }
        let afterKaiser = TopicFilter.levelEnd(topic, from: 7)
        guard starts(topic, from: afterKaiser, with: "/esp/") else {
            return siteFilters.contains { $0.matches(topic, from: 0) }
        }
        let tail = TopicFilter.levelEnd(topic, from: afterKaiser + 5) + 1
        guard tail < topic.count else { return false }
        for filter in deviceFilters[Int(topic[tail])] where filter.matches(topic, from: tail) { return true }
        return false
    }

    private static func starts(_ topic: Span<UInt8>, from start: Int, with prefix: StaticString) -> Bool {
        let length = prefix.utf8CodeUnitCount
        guard start + length <= topic.count else { return false }
        for offset in 0..<length where unsafe prefix.utf8Start[offset] != topic[start + offset] { return false }
        return true
    }
}

/// An MQTT topic filter: `+` stands for one level, `#` at the end for all that follow, and for none.
struct TopicFilter: Sendable {
    let pattern: [UInt8]

    init(_ text: String) { pattern = Array(text.utf8) }

    /// Whether it matches the topic's bytes from `start` on.
    func matches(_ topic: Span<UInt8>, from start: Int) -> Bool {
        var (at, index) = (0, start)
        while at < pattern.count {
            switch pattern[at] {
            case UInt8(ascii: "#"): return true
            case UInt8(ascii: "+"):
                index = Self.levelEnd(topic, from: index)
            case let byte where index < topic.count && topic[index] == byte:
                index += 1
            default:
                return index == topic.count && pattern[at...].elementsEqual("/#".utf8)
            }
            at += 1
        }
        return index == topic.count
    }

    /// Where the level that begins at `start` ends.
    static func levelEnd(_ topic: Span<UInt8>, from start: Int) -> Int {
        var end = start
        while end < topic.count, topic[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }
}
