import HTTPTypes
import Hummingbird

/// Reads a request's query parameters, and collects everything that is wrong with them.
struct QueryReader: ParameterReader {
    private var problems: [MemberProblem] = []
    private let values: [String: String]

    /// Takes the query apart; parameters that are not `known` are problems.
    init(_ request: Request, known: [String]) {
        var values: [String: String] = [:]
        for (key, value) in request.uri.queryParameters {
            let name = String(key)
            if !known.contains(name) {
                let expected = known.isEmpty ? "no parameters" : "one of \(known.joined(separator: ", "))"
                problems.append(MemberProblem(member: name, problem: "unknown parameter", expected: expected))
            } else if values[name] != nil {
                problems.append(MemberProblem(member: name, problem: "given twice", expected: "once"))
            } else {
                values[name] = String(value)
            }
        }
        self.values = values
    }

    /// What `parse` makes of a parameter; `nil` when it is not given or cannot be taken.
    mutating func read<Value>(_ name: String, expected: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = values[name] else { return nil }
        if let value = parse(text) { return value }
        problems.append(MemberProblem(member: name, problem: "'\(text.prefix(100))' is not usable", expected: expected))
        return nil
    }

    /// Whether a parameter was given at all.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// Adds a problem that only the caller can see.
    mutating func note(_ member: String, _ problem: String, expected: String) {
        problems.append(MemberProblem(member: member, problem: problem, expected: expected))
    }

    /// Throws everything that was wrong; called after the last parameter was read.
    func finish() throws(Problem) {
        if !problems.isEmpty { throw .invalid(problems) }
    }
}
