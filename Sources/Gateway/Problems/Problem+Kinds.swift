import HTTPTypes
import TwinCore
import TwinRuntime

extension Problem {
    /// After how many seconds a client may ask again when something that should be there is not.
    static let retrySeconds = 5

    /// Parts of the request cannot be taken.
    static func invalid(_ problems: [MemberProblem]) -> Problem {
        let words = problems.map { "\($0.member): \($0.problem), expected \($0.expected)" }
        return Problem(
            status: .badRequest, word: "invalid-request", title: "The request cannot be taken as it is",
            detail: words.joined(separator: "; "),
            members: [.init(name: "errors", value: .array(problems.map(\.json)))])
    }

    /// One part of the request cannot be taken.
    static func invalid(_ member: String, _ problem: String, expected: String) -> Problem {
        invalid([MemberProblem(member: member, problem: problem, expected: expected)])
    }

    /// The body is no JSON.
    static func malformed(_ detail: String) -> Problem {
        Problem(
            status: .badRequest, word: "malformed-json", title: "The body is not JSON", detail: detail,
            members: [
                .init(
                    name: "errors",
                    value: [MemberProblem(member: "body", problem: detail, expected: "a JSON object").json])
            ])
    }

    /// What the path names is not there.
    static func notFound(_ what: String) -> Problem {
        Problem(status: .notFound, word: "not-found", title: "There is no such thing", detail: what)
    }

    /// The path takes other methods.
    static func methodNotAllowed(_ method: String, allowed: [String]) -> Problem {
        let list = allowed.joined(separator: ", ")
        return Problem(
            status: .methodNotAllowed, word: "method-not-allowed", title: "The path does not take this method",
            detail: "\(method) is not possible here; possible: \(list)", headers: [.allow: list])
    }

    /// The body is longer than the gateway reads.
    static func tooLarge(limit: Int) -> Problem {
        Problem(
            status: .contentTooLarge, word: "body-too-large", title: "The body is too large",
            detail: "a body may have at most \(limit) bytes",
            members: [.init(name: "limit_bytes", value: JSONValue(limit))])
    }

    /// The body is not announced as what the path takes.
    static func unsupportedMediaType(_ type: String?, expected: String) -> Problem {
        Problem(
            status: .unsupportedMediaType, word: "unsupported-media-type",
            title: "The body is not announced as what is expected",
            detail: "Content-Type is \(type.map { "'\($0)'" } ?? "missing"), expected \(expected)",
            headers: expected == mergePatch ? [.acceptPatch: mergePatch] : [:])
    }

    /// What a change of a document is announced as (RFC 7396).
    static let mergePatch = "application/merge-patch+json"

    /// The request comes from a page of another origin.
    static func foreignOrigin(_ origin: String) -> Problem {
        Problem(
            status: .forbidden, word: "foreign-origin", title: "Pages of other origins may not use this interface",
            detail: "Origin is '\(origin)'; only pages that Doppel itself served may ask")
    }

    /// The request is addressed to a host that this is not.
    static func misdirected(_ host: String) -> Problem {
        Problem(
            status: .misdirectedRequest, word: "foreign-host", title: "The request is meant for another host",
            detail: "Host is '\(host)'; use an address or localhost, or add the name to the allowed hosts")
    }

    /// Something that is needed is not there now.
    static func unavailable(_ word: String, _ detail: String) -> Problem {
        Problem(
            status: .serviceUnavailable, word: word, title: "Not possible right now", detail: detail,
            members: [.init(name: "retry_after_seconds", value: JSONValue(retrySeconds))],
            headers: [.retryAfter: String(retrySeconds)])
    }

    /// A bug of ours.
    static let `internal` = Problem(
        status: .internalServerError, word: "internal-error", title: "Doppel made a mistake",
        detail: "the log has the cause under this request's id")

    /// A command that a limit forbids.
    static func refused(_ record: CommandRecord) -> Problem {
        let broken = record.evaluations.first { !$0.isKept && $0.limit == record.refusedBy }
        let limit = record.refusedBy?.rawValue ?? "unknown"
        let seconds = broken?.retryAfterMilliseconds.map { ($0 + 999) / 1000 }
        var problem = Problem(
            status: .conflict, word: "command-refused", title: "A limit forbids the command",
            detail: "limit '\(limit)' asks for: \(broken?.bound ?? "unknown"); found: \(broken?.actual ?? "unknown")")
        problem.members = [
            .init(name: "limit", value: .string(limit)),
            .init(name: "bound", value: JSONValue(broken?.bound)),
            .init(name: "actual", value: JSONValue(broken?.actual)),
            .init(name: "retry_after_seconds", value: JSONValue(seconds)),
            .init(name: "command_id", value: .string(record.order.id.description)),
            .init(name: "evaluations", value: .array(record.evaluations.map(\.json))),
        ]
        if let seconds { problem.headers[.retryAfter] = String(seconds) }
        return problem
    }
}
