import TwinCore

extension DeviceEvent {
    /// The event in one word, and what else is known.
    var shown: (String, [JSONValue.Member]) {
        switch self {
        case .discovered(let kaiser, let approved):
            ("discovered", [.word("kaiser", kaiser.description), .init(name: "approved", value: JSONValue(approved))])
        case .moved(let kaiser): ("moved", [.word("kaiser", kaiser.description)])
        case .approved(let by): ("approved", [.word("by", by)])
        case .rejected(let by): ("rejected", [.word("by", by)])
        case .cameOnline: ("came_online", [])
        case .wentOffline(.will(let reason)): ("went_offline", [.word("cause", "will"), .word("reason", reason)])
        case .wentOffline(.silence): ("went_offline", [.word("cause", "silence")])
        case .heartbeat(let heartbeat): ("heartbeat", [.init(name: "health", value: heartbeat.json)])
        case .metrics(let metrics):
            (
                "metrics",
                [
                    .init(
                        name: "counters",
                        value: .object(
                            metrics.counters.sorted { $0.key < $1.key }
                                .map { .init(name: $0.key, value: JSONValue($0.value)) }))
                ]
            )
        case .announced(let announcement):
            (
                "announced",
                [
                    .init(name: "epoch", value: JSONValue(Int64(announcement.epoch))),
                    .word("reason", announcement.reason),
                ]
            )
        case .will(let will):
            ("will", [.word("reason", will.reason), .init(name: "retained", value: JSONValue(will.isRetained))])
        case .willErased: ("will_erased", [])
        case .alerted(let alert): ("alerted", [.init(name: "alert", value: alert.json)])
        case .stopOrdered(let incident): ("stop_ordered", [.init(name: "incident", value: incident.json)])
        case .stopRepeated: ("stop_repeated", [])
        case .stopAcknowledged: ("stop_acknowledged", [])
        case .clearRequested(let incident, let by):
            ("clear_requested", [.word("incident", incident.description), .word("by", by)])
        case .clearSent: ("clear_sent", [])
        case .clearRefused(let why): ("clear_refused", [.word("detail", why)])
        case .cleared: ("cleared", [])
        case .strayResponse(let response): ("stray_response", response.members)
        case .strayEmergency(let report): ("stray_emergency", [.word("report", "\(report)")])
        }
    }
}
