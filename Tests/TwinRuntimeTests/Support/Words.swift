import TwinRuntime

extension Publication {
    private var text: String { String(decoding: payload, as: UTF8.self) }

    /// A member's text as it stands in the payload; `nil` when it is not there.
    func member(_ name: String) -> String? {
        guard let start = text.firstRange(of: "\"\(name)\":")?.upperBound else { return nil }
        return text[start...].prefix { $0 != "," && $0 != "}" }.trimmingPrefix { $0 == "\"" }
            .split(separator: "\"", omittingEmptySubsequences: false).first.map(String.init)
    }

    /// The publication in a few words: `ESP_7C19F2/26 ON`, `ESP_7C19F2 stop`, `all stop`, `ESP_7C19F2 ack online 3`.
    var words: String {
        let levels = topic.split(separator: "/").map(String.init)
        if levels.prefix(2) == ["kaiser", "broadcast"] { return "all stop" }
        let device = levels.count > 3 ? levels[3] : "?"
        switch levels.dropFirst(4).joined(separator: "/") {
        case "system/heartbeat/ack":
            return "\(device) ack \(member("status") ?? "?") \(member("handover_epoch") ?? "?")"
        case "system/will": return "\(device) erase will"
        case "actuator/emergency":
            return "\(device) \(member("command") == "emergency_stop" ? "stop" : "clear")"
        default: return "\(device)/\(levels.count > 5 ? levels[5] : "?") \(member("command") ?? topic)"
        }
    }
}
