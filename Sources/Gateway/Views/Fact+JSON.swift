import TwinCore

extension Fact {
    /// What happened, in two words such as `sensor.sampled`.
    var kind: String { event.kind }

    /// The fact as a watcher gets it.
    var json: JSONValue {
        [
            "device": JSONValue(device?.description), "at": JSONValue(moment.time),
            "event": JSONValue.object([.init(name: "kind", value: .string(kind))]).adding(event.members),
        ]
    }
}

extension Event {
    /// What is known beside the kind.
    fileprivate var members: [JSONValue.Member] {
        switch self {
        case .site(let event): event.members
        case .device(let event): event.members
        case .sensor(let key, let event): key.members + event.members(kind: key.type)
        case .actuator(let gpio, let event):
            [.init(name: "gpio", value: .integer(Int64(gpio.number)))] + event.members
        }
    }
}

extension SensorEvent {
    fileprivate func members(kind: String) -> [JSONValue.Member] {
        switch self {
        case .sampled(let sample): sample.json(kind: kind).members
        case .registersReported: []
        case .calibration(let event): event.members
        case .reprocessed(let report): report.json(kind: kind).members
        }
    }
}

extension JSONValue {
    /// An object's members; none for anything else.
    var members: [Member] {
        if case .object(let members) = self { members } else { [] }
    }
}

extension SensorKey {
    fileprivate var members: [JSONValue.Member] {
        [
            .init(name: "sensor", value: .string(id)), .init(name: "gpio", value: .integer(Int64(gpio.number))),
            .init(name: "type", value: .string(type)),
        ]
    }
}

extension SiteEvent {
    fileprivate var members: [JSONValue.Member] {
        switch self {
        case .runStarted(let number): [.init(name: "number", value: JSONValue(number))]
        case .runEnded: []
        case .stopLatched(let incident): [.init(name: "incident", value: incident.json)]
        case .stopReleased(let incident, let by): [.word("incident", incident.description), .word("by", by)]
        case .catalogueLoaded(let stamp): stamp.json.members
        case .relayReported(let heartbeat): heartbeat.json.members
        case .broadcastTokenChanged(let token, let by):
            [.init(name: "held", value: JSONValue(token != nil)), .word("by", by)]
        }
    }
}

extension JSONValue.Member {
    /// A member that is text.
    static func word(_ name: String, _ text: String) -> Self { Self(name: name, value: .string(text)) }
}
