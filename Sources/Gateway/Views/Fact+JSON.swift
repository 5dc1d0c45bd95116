import TwinCore

extension Fact {
    /// What happened, in two words such as `sensor.sampled`.
    var kind: String { shown.kind }

    /// The fact as a watcher gets it.
    var json: JSONValue {
        let (kind, members) = shown
        return [
            "device": JSONValue(device?.description), "at": JSONValue(moment.time),
            "event": JSONValue.object([.init(name: "kind", value: .string(kind))]).adding(members),
        ]
    }

    private var shown: (kind: String, members: [JSONValue.Member]) {
        switch event {
        case .site(let event):
            let (word, members) = event.shown
            return ("site.\(word)", members)
        case .device(let event):
            let (word, members) = event.shown
            return ("device.\(word)", members)
        case .sensor(let key, .sampled(let sample)):
            return ("sensor.sampled", key.members + sample.json.members)
        case .actuator(let gpio, let event):
            let (word, members) = event.shown
            return ("actuator.\(word)", [.init(name: "gpio", value: .integer(Int64(gpio.number)))] + members)
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
    fileprivate var shown: (String, [JSONValue.Member]) {
        switch self {
        case .runStarted(let number): ("run_started", [.init(name: "number", value: JSONValue(number))])
        case .runEnded: ("run_ended", [])
        case .stopLatched(let incident): ("stop_latched", [.init(name: "incident", value: incident.json)])
        case .stopReleased(let incident, let by):
            ("stop_released", [.word("incident", incident.description), .word("by", by)])
        }
    }
}

extension JSONValue.Member {
    /// A member that is text.
    static func word(_ name: String, _ text: String) -> Self { Self(name: name, value: .string(text)) }
}
