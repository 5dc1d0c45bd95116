import TwinCore

extension ConfigurationEvent {
    /// What is known beside the kind.
    var members: [JSONValue.Member] {
        switch self {
        case .wished(let desired, let touched, let by, let revision, let validUntil):
            [
                .init(name: "desired", value: desired.json), Self.member(touched), .word("by", by),
                .init(name: "revision", value: JSONValue(Int64(clamping: revision))),
                .init(name: "valid_until", value: JSONValue(validUntil)),
            ]
        case .stepBegun(let step): step.json.members
        case .stepRepeated(let id, let attempt):
            [.word("id", id.description), .init(name: "attempt", value: JSONValue(attempt))]
        case .stepAccepted(let id): [.word("id", id.description)]
        case .stepFailing(let id, let refusal):
            [.word("id", id.description), .init(name: "why", value: JSONValue(refusal))]
        case .applied(let paths): [Self.member(paths)]
        case .refused(let path, let why): [.word("path", path.description), .word("why", why)]
        case .stepEnded(let id, let end): [.word("id", id.description), .word("detail", end.description)]
        case .expired(let paths): [Self.member(paths)]
        case .zoneReported(let id, let masterID): [.word("zone", id), .word("master_zone", masterID)]
        case .countMismatched(let sensors, let actuators):
            [
                .init(name: "sensors", value: JSONValue(sensors)),
                .init(name: "actuators", value: JSONValue(actuators)),
            ]
        case .strayAnswer(let answer): answer.json.members
        case .strayZoneAnswer(let answer): answer.json.members
        case .straySubzoneAnswer(let answer): answer.json.members
        }
    }

    private static func member(_ paths: [PropertyPath]) -> JSONValue.Member {
        .init(name: "paths", value: .array(paths.map { .string($0.description) }))
    }
}

extension ConfigurationAnswer {
    fileprivate var json: JSONValue {
        [
            "status": .string(status.rawValue), "section": .string(section.rawValue), "count": JSONValue(count),
            "message": .string(message), "error_code": JSONValue(errorCode),
            "failures": .array(failures.map(\.json)), "correlation": JSONValue(correlation),
            "gpio": JSONValue(gpio.map { Int($0.number) }), "flags": .array(flags.map { .string($0) }),
        ]
    }
}

extension ConfigurationAnswer.Failure {
    fileprivate var json: JSONValue {
        [
            "type": JSONValue(type), "gpio": JSONValue(gpio.map { Int($0.number) }), "code": .string(code),
            "detail": .string(detail),
        ]
    }
}

extension ZoneAnswer {
    fileprivate var json: JSONValue {
        [
            "status": .string(status.rawValue), "zone": .string(zone), "master_zone": .string(masterZone),
            "correlation": JSONValue(correlation), "reason": .string(reason), "message": .string(message),
        ]
    }
}

extension SubzoneAnswer {
    fileprivate var json: JSONValue {
        [
            "status": .string(status.rawValue), "subzone": .string(subzone), "correlation": JSONValue(correlation),
            "error_code": JSONValue(errorCode), "reason": .string(reason), "message": .string(message),
        ]
    }
}
