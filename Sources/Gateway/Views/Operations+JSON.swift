import TwinCore

extension OperationRecord {
    /// The operation with its answer; secrets are left out.
    var json: JSONValue {
        operation.json.adding([
            .init(name: "state", value: .string(state.rawValue)),
            .init(name: "finished", value: JSONValue(state.isFinal)),
            .init(name: "since", value: JSONValue(since.time)),
            .init(name: "attempts", value: JSONValue(attempts)), .init(name: "detail", value: .string(detail)),
            .init(name: "answer", value: AnswerView.json(answer)),
        ])
    }
}

extension TwinCore.Operation {
    /// What was asked; secrets are left out.
    var json: JSONValue {
        [
            "id": .string(id.description), "operation": .string(kind.word.rawValue), "parameters": kind.parameters,
            "issued_by": .string(issuedBy), "issued_at": JSONValue(issuedAt),
        ]
    }
}

extension TwinCore.Operation.Kind {
    /// The word that a caller writes.
    var word: OperationReader.Word {
        switch self {
        case .measure: .measure
        case .status: .status
        case .diagnostics: .diagnostics
        case .readConfiguration: .readConfiguration
        case .enterSafeMode: .enterSafeMode
        case .leaveSafeMode: .leaveSafeMode
        case .setLogLevel: .setLogLevel
        case .scanOneWire: .scanOneWire
        case .factoryReset: .factoryReset
        case .setEmergencyToken: .setEmergencyToken
        case .updateCredentials: .updateCredentials
        case .isolateSubzone: .isolateSubzone
        }
    }

    /// What it was asked with, as far as it is no secret.
    fileprivate var parameters: JSONValue {
        switch self {
        case .measure(let gpio, let milliseconds):
            ["gpio": .integer(Int64(gpio.number)), "timeout_ms": JSONValue(milliseconds)]
        case .status, .diagnostics, .readConfiguration, .enterSafeMode, .leaveSafeMode, .factoryReset: .object([])
        case .setLogLevel(let level): ["level": .string(level)]
        case .scanOneWire(let gpio): ["gpio": JSONValue(gpio.map { Int($0.number) })]
        case .setEmergencyToken(_, let use): ["use": .string(use.rawValue)]
        case .updateCredentials(let credentials):
            [
                "enabled": JSONValue(credentials.isEnabled), "username": .string(credentials.username),
                "force_reconnect": JSONValue(credentials.reconnects),
            ]
        case .isolateSubzone(let subzone, let isIsolated, let reason):
            ["subzone": .string(subzone), "isolated": JSONValue(isIsolated), "reason": .string(reason)]
        }
    }
}

extension OperationEvent {
    /// What is known beside the kind.
    var members: [JSONValue.Member] {
        switch self {
        case .accepted(let operation): operation.json.members
        case .sent(let id): [.word("id", id.description)]
        case .repeated(let id): [.word("id", id.description)]
        case .answered(let id, let isSuccess, let detail, let members):
            [
                .word("id", id.description), .init(name: "success", value: JSONValue(isSuccess)),
                .word("detail", detail), .init(name: "answer", value: AnswerView.json(members)),
            ]
        case .failed(let id, let why): [.word("id", id.description), .word("detail", why)]
        case .unanswered(let id): [.word("id", id.description)]
        case .stray(let answer): answer.json.members
        case .strayMeasurement(let answer):
            [
                .init(name: "gpio", value: .integer(Int64(answer.gpio.number))), .word("request", answer.request),
                .init(name: "success", value: JSONValue(answer.isSuccess)), .word("reason", answer.reason),
                .init(name: "type", value: JSONValue(answer.type)), .init(name: "raw", value: JSONValue(answer.raw)),
                .init(name: "quality", value: JSONValue(answer.quality?.rawValue)),
                .init(name: "flags", value: .array(answer.flags.map { .string($0) })),
            ]
        }
    }
}

extension SystemAnswer {
    /// A device's answer that nobody waited for.
    var json: JSONValue {
        [
            "command": .string(command), "success": JSONValue(isSuccess), "error": .string(error),
            "answer": AnswerView.json(members),
        ]
    }
}
