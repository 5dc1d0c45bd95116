import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads the members of a request's JSON body, and collects everything that is wrong with them.
struct BodyReader {
    private var problems: [MemberProblem] = []
    private let values: [String: JSONValue]

    /// Takes a body apart; members that are not `known` are problems.
    ///
    /// - Parameter isOptional: Whether no body at all stands for an object without members.
    /// - Throws: ``Problem`` when the body is too long, not announced as JSON, or not a JSON object.
    init(_ request: Request, known: [String], isOptional: Bool = false) async throws {
        guard let body = try await Self.read(request, type: "application/json", isOptional: isOptional) else {
            try self.init(.object([]), known: known)
            return
        }
        try self.init(body, known: known)
    }

    /// Takes a JSON value apart; members that are not `known` are problems.
    ///
    /// - Throws: ``Problem`` when it is no object.
    init(_ body: JSONValue, known: [String]) throws(Problem) {
        guard case .object(let members) = body else { throw Problem.malformed("the body is not an object") }
        values = Dictionary(members.map { ($0.name, $0.value) }) { first, _ in first }
        for member in members where !known.contains(member.name) {
            let expected = known.isEmpty ? "no members" : "one of \(known.joined(separator: ", "))"
            problems.append(MemberProblem(member: member.name, problem: "unknown member", expected: expected))
        }
    }

    /// The request's body as JSON.
    ///
    /// - Returns: `nil` for no body at all, where that is possible.
    /// - Throws: ``Problem`` when the body is too long, not announced as `type`, or no JSON.
    static func read(_ request: Request, type: String, isOptional: Bool = false) async throws -> JSONValue? {
        if let text = request.headers[.contentLength], let length = Int(text), length > GatewayLimits.bodyBytes {
            throw Problem.tooLarge(limit: GatewayLimits.bodyBytes)
        }
        let bytes = try await request.body.collect(upTo: GatewayLimits.bodyBytes)
        if bytes.readableBytes == 0, isOptional { return nil }
        let given = request.headers[.contentType]
        let essence = given?.prefix { $0 != ";" }.lowercased().trimmingPrefix(" ").filter { $0 != " " }
        guard essence == type else { throw Problem.unsupportedMediaType(given, expected: type) }
        do {
            return try JSONDecoder().decode(JSONValue.self, from: Data(bytes.readableBytesView))
        } catch {
            throw Problem.malformed("the body is not valid JSON text")
        }
    }

    /// What `parse` makes of a member; a missing one is a problem.
    mutating func required<Value>(_ name: String, expected: String, _ parse: (JSONValue) -> Value?) -> Value? {
        if values[name] == nil {
            problems.append(MemberProblem(member: name, problem: "missing", expected: expected))
        }
        return optional(name, expected: expected, parse)
    }

    /// What `parse` makes of a member; `nil` when it is not given or cannot be taken.
    mutating func optional<Value>(_ name: String, expected: String, _ parse: (JSONValue) -> Value?) -> Value? {
        guard let given = values[name] else { return nil }
        if let value = parse(given) { return value }
        note(name, "\(given.text.prefix(100)) is not usable", expected: expected)
        return nil
    }

    /// What `parse` makes of a secret; it is never repeated.
    mutating func secret<Value>(_ name: String, expected: String, _ parse: (String) -> Value?) -> Value? {
        if let value = values[name]?.asText.flatMap(parse) { return value }
        note(name, has(name) ? "not usable" : "missing", expected: expected)
        return nil
    }

    /// Notes members that were given and have no meaning beside the others.
    mutating func refuse(_ names: [String], because reason: String) {
        for name in names where has(name) { note(name, reason, expected: "no such member") }
    }

    /// Whether anything was wrong so far.
    var hasProblems: Bool { !problems.isEmpty }

    /// Whether a member was given at all.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// Adds a problem that only the caller can see.
    mutating func note(_ member: String, _ problem: String, expected: String) {
        problems.append(MemberProblem(member: member, problem: problem, expected: expected))
    }

    /// Takes over what was wrong with an object that is a member of this one.
    mutating func take(_ nested: BodyReader, under name: String) {
        for problem in nested.problems {
            note("\(name).\(problem.member)", problem.problem, expected: problem.expected)
        }
    }

    /// Throws everything that was wrong; called after the last member was read.
    func finish() throws(Problem) {
        if !problems.isEmpty { throw .invalid(problems) }
    }
}
