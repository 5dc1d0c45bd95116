import TwinCore

extension DeviceEvent {
    /// What is known beside the kind.
    var members: [JSONValue.Member] {
        switch self {
        case .discovered(let kaiser, let approved):
            [.word("kaiser", kaiser.description), .init(name: "approved", value: JSONValue(approved))]
        case .moved(let kaiser): [.word("kaiser", kaiser.description)]
        case .approved(let by): [.word("by", by)]
        case .rejected(let by): [.word("by", by)]
        case .cameOnline: []
        case .wentOffline(.will(let reason)): [.word("cause", "will"), .word("reason", reason)]
        case .wentOffline(.silence): [.word("cause", "silence")]
        case .heartbeat(let heartbeat): [.init(name: "health", value: heartbeat.json)]
        case .metrics(let metrics):
            [
                .init(
                    name: "counters",
                    value: .object(
                        metrics.counters.sorted { $0.key < $1.key }
                            .map { .init(name: $0.key, value: JSONValue($0.value)) }))
            ]
        case .announced(let announcement):
            [
                .init(name: "epoch", value: JSONValue(Int64(announcement.epoch))),
                .word("reason", announcement.reason),
            ]
        case .will(let will):
            [.word("reason", will.reason), .init(name: "retained", value: JSONValue(will.isRetained))]
        case .willErased: []
        case .alerted(let alert): [.init(name: "alert", value: alert.json)]
        case .stopOrdered(let incident): [.init(name: "incident", value: incident.json)]
        case .stopRepeated: []
        case .stopAcknowledged: []
        case .clearRequested(let incident, let by):
            [.word("incident", incident.description), .word("by", by)]
        case .clearSent: []
        case .clearRefused(let why): [.word("detail", why)]
        case .cleared: []
        case .strayResponse(let response): response.members
        case .readmitted, .deleted, .hardwareReported, .busScanned, .health, .intent, .configuration, .operation,
            .token, .library:
            []
        case .strayEmergency(let report): [.word("report", "\(report)")]
        }
    }
}
