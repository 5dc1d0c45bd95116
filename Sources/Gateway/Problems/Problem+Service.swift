import HTTPTypes
import TwinCore
import TwinRuntime

extension Problem {
    /// What the runtime would not do.
    init(_ error: ServiceError) {
        switch error {
        case .unknownDevice(let device): self = .notFound("no device '\(device)' ever spoke")
        case .unknownActuator(let device, let gpio): self = .notFound("'\(device)' has no actuator on pin \(gpio)")
        case .unknownIncident(let id): self = .notFound("no emergency stop '\(id)' holds")
        case .keyReused(let key):
            self = Problem(
                status: .unprocessableContent, word: "idempotency-key-reused",
                title: "The key stands for another order",
                detail: "Idempotency-Key '\(key)' was used for another order to this output; use a new one")
        case .alreadyAnswered(let id):
            self = Problem(
                status: .conflict, word: "already-answered", title: "The order was given before",
                detail: "it is command '\(id)', whose record is not kept any more")
        case .unknownSensor(let device, let key): self = .notFound("'\(device)' has no sensor '\(key.id)'")
        case .unknownPart(let node, let known): self = .unknownPart(node, known: known)
        case .revisionChanged(let revision): self = .revisionChanged(revision)
        case .revisionRequired(let why): self = .revisionRequired(why)
        case .invalidConfiguration(let problems): self = .invalidConfiguration(problems)
        case .unsuitable(let why):
            self = Problem(status: .conflict, word: "unsuitable", title: "Not possible as things stand", detail: why)
        case .operationRefused(let refusal): self = .operationRefused(refusal)
        case .unprocessable(let why):
            self = Problem(
                status: .unprocessableContent, word: "unprocessable", title: "The value could not be processed",
                detail: why)
        case .journalUnavailable(let why):
            self = .unavailable("journal-unavailable", "the journal takes no facts: \(why)")
        case .past(let failure): self = .past(failure)
        case .notRunning: self = .unavailable("not-running", "the runtime is starting or ending")
        }
    }

    /// What a device cannot be asked for: wrong in itself, or not as things stand.
    static func operationRefused(_ refusal: OperationRefusal) -> Problem {
        Problem(
            status: refusal.reason == .invalid ? .unprocessableContent : .conflict, word: "operation-refused",
            title: "The device cannot be asked for that now", detail: refusal.detail,
            members: [.init(name: "reason", value: .string(refusal.reason.rawValue))])
    }

    /// The supervisor tree has no such part, or several of that name.
    static func unknownPart(_ node: String, known: [String]) -> Problem {
        let matches = known.filter { $0.hasSuffix("/\(node)") }.count
        let why = matches > 1 ? "several parts are called" : "no part is called"
        return Problem(
            status: .notFound, word: "not-found", title: "There is no such thing",
            detail: "\(why) '\(node.prefix(100))'; the parts are \(known.joined(separator: ", "))",
            members: [.init(name: "nodes", value: .array(known.map { .string($0) }))])
    }

    /// The wish changed since the caller saw it; the answer's `ETag` is the present revision.
    static func revisionChanged(_ revision: UInt64) -> Problem {
        Problem(
            status: .preconditionFailed, word: "revision-changed", title: "Somebody changed it meanwhile",
            detail: "the wish changed since the revision in If-Match; read the twin again, then decide again",
            members: [.init(name: "revision", value: JSONValue(Int64(clamping: revision)))],
            headers: [.eTag: EntityTag.text(revision)])
    }

    /// Such a change must say what the caller saw.
    static func revisionRequired(_ why: String) -> Problem {
        Problem(
            status: .preconditionRequired, word: "revision-required", title: "Say which revision you saw",
            detail: "\(why); send If-Match with the ETag of the twin that you decided on")
    }

    /// A wish that cannot be taken in: a pin that is taken is a conflict, anything else is wrong in itself.
    static func invalidConfiguration(_ problems: ConfigurationProblems) -> Problem {
        let conflict = problems.list.lazy.compactMap(\.conflict).first
        return Problem(
            status: conflict == nil ? .unprocessableContent : .conflict,
            word: conflict == nil ? "invalid-configuration" : "pin-conflict",
            title: conflict == nil ? "The wish cannot be taken in" : "A pin is taken",
            detail: problems.list.map { "\($0.path): \($0.detail)" }.joined(separator: "; "),
            members: [
                .init(name: "conflict_type", value: .string(conflict?.rawValue ?? "none")),
                .init(name: "problems", value: .array(problems.list.map(\.json))),
            ])
    }
}

extension ConfigurationProblem {
    fileprivate var json: JSONValue {
        ["path": .string(path), "detail": .string(detail), "conflict_type": .string(conflict?.rawValue ?? "none")]
    }
}
