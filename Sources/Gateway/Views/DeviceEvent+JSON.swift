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
            [.init(name: "counters", value: metrics.json)]
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
        case .strayEmergency(let report): [.word("report", "\(report)")]
        case .readmitted: []
        case .deleted(let by): [.word("by", by)]
        case .hardwareReported(let report): report.json.members
        case .busScanned(let scan): scan.json.members
        case .health(let event): event.members
        case .intent(let event): event.members
        case .configuration(let event): event.members
        case .operation(let event): event.members
        case .token(let event): event.members
        case .library(let event): event.members
        case .alarmed(let alarm): [.init(name: "alarm", value: alarm.json)]
        case .quarantined(let reason): [.word("reason", reason)]
        case .quarantineLifted(let by): [.word("by", by)]
        }
    }
}
