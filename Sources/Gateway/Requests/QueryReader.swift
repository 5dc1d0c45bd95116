import HTTPTypes
import Hummingbird
import TwinCore

/// Reads a request's query parameters, and collects everything that is wrong with them.
struct QueryReader {
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

    /// Text of at least one character.
    mutating func text(_ name: String) -> String? {
        read(name, expected: "text of at least one character") { $0.isEmpty ? nil : $0 }
    }

    /// A whole number within a range.
    mutating func integer(_ name: String, in range: ClosedRange<Int>, otherwise value: Int) -> Int {
        read(name, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        } ?? value
    }

    /// Yes or no.
    mutating func flag(_ name: String, otherwise value: Bool) -> Bool {
        read(name, expected: "true or false") { Bool($0) } ?? value
    }

    /// A time.
    mutating func time(_ name: String) -> UnixTime? {
        read(name, expected: "a time such as 2025-01-31T12:00:00.000Z (RFC 3339)") { UnixTime(rfc3339: $0) }
    }

    /// What `parse` makes of a parameter; `nil` when it is not given or cannot be taken.
    mutating func read<Value>(_ name: String, expected: String, _ parse: (String) -> Value?) -> Value? {
        guard let text = values[name] else { return nil }
        if let value = parse(text) { return value }
        problems.append(MemberProblem(member: name, problem: "'\(text.prefix(100))' is not usable", expected: expected))
        return nil
    }

    /// Throws everything that was wrong; called after the last parameter was read.
    func finish() throws(Problem) {
        if !problems.isEmpty { throw .invalid(problems) }
    }
}
