import TwinCore

extension LibraryTransferState {
    /// The transfer as a twin shows it; `null` while the device never asked for a library.
    var json: JSONValue {
        guard plan != nil || refusal != nil || installed != nil else { return .null }
        return [
            "transfer": plan?.json ?? .null, "phase": .string(phase.word), "detail": JSONValue(phase.detail),
            "chunk": JSONValue(phase.chunk), "since": JSONValue(since?.time), "refusal": JSONValue(refusal),
            "installed": JSONValue(installed),
        ]
    }
}

extension LibraryTransferState.Phase {
    fileprivate var word: String {
        switch self {
        case .announced: "announced"
        case .sending: "sending"
        case .completing: "completing"
        case .done: "done"
        case .failed: "failed"
        }
    }

    fileprivate var detail: String? {
        if case .failed(let why) = self { why } else { nil }
    }

    fileprivate var chunk: Int? {
        if case .sending(let chunk, _) = self { chunk } else { nil }
    }
}

extension LibraryTransfer.Plan {
    /// What was announced.
    var json: JSONValue {
        [
            "id": .string(id.description), "request": .string(request), "name": .string(name),
            "version": .string(version), "bytes": JSONValue(byteCount), "chunks": JSONValue(chunkCount),
        ]
    }
}

extension LibraryEvent {
    /// What is known beside the kind.
    var members: [JSONValue.Member] {
        switch self {
        case .requested(let name, let request, let reason):
            [.word("name", name), .word("request", request), .word("reason", reason)]
        case .refused(let name, let why): [.word("name", name), .word("detail", why)]
        case .begun(let plan): [.init(name: "transfer", value: plan.json)]
        case .ready(let id): [.word("id", id.description)]
        case .chunkSent(let id, let chunk, let attempt):
            [
                .word("id", id.description), .init(name: "chunk", value: JSONValue(chunk)),
                .init(name: "attempt", value: JSONValue(attempt)),
            ]
        case .chunkAcknowledged(let id, let chunk):
            [.word("id", id.description), .init(name: "chunk", value: JSONValue(chunk))]
        case .completed(let id): [.word("id", id.description)]
        case .chunksMissing(let id, let chunks):
            [
                .word("id", id.description),
                .init(name: "chunks", value: .array(chunks.map { .integer(Int64($0)) })),
            ]
        case .installed(let name): [.word("name", name)]
        case .failed(let id, let why):
            [.init(name: "id", value: JSONValue(id?.description)), .word("detail", why)]
        case .stray(let message): [.word("message", message.word)]
        }
    }
}

extension LibraryMessage {
    fileprivate var word: String {
        switch self {
        case .requested: "requested"
        case .ready: "ready"
        case .acknowledged: "acknowledged"
        case .chunkRequested: "chunk_requested"
        case .finished: "finished"
        case .installed: "installed"
        case .failed: "failed"
        }
    }
}
