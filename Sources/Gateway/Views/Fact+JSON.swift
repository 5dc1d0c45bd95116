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
        case .sensor(let key, let event): key.members + event.members
        case .actuator(let gpio, let event):
            [.init(name: "gpio", value: .integer(Int64(gpio.number)))] + event.members
        }
    }
}

extension SensorEvent {
    fileprivate var members: [JSONValue.Member] {
        switch self {
        case .sampled(let sample): sample.json.members
        case .registersReported, .calibration, .reprocessed: []
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
        case .catalogueLoaded, .relayReported, .broadcastTokenChanged: []
        }
    }
}

extension JSONValue.Member {
    /// A member that is text.
    static func word(_ name: String, _ text: String) -> Self { Self(name: name, value: .string(text)) }
}
