import HTTPTypes

/// A request that is not served, as RFC 9457 wants it told.
struct Problem: Error, Sendable {
    /// The status of the answer.
    let status: HTTPResponse.Status
    /// The stable word that programs branch on; the last part of the document's `type`.
    let word: String
    /// The same for people, equal for all problems of this kind.
    let title: String
    /// What was wrong this time, and what would be right.
    let detail: String
    /// What else is known, behind the standard members.
    var members: [JSONValue.Member] = []
    /// Headers of the answer.
    var headers: HTTPFields = [:]

    /// What a type begins with.
    static let typePrefix = "urn:problem-type:doppel:"

    /// The document.
    func document(requestID: String) -> JSONValue {
        let standard: JSONValue = [
            "type": .string(Self.typePrefix + word), "title": .string(title), "status": JSONValue(status.code),
            "detail": .string(detail), "request_id": .string(requestID),
        ]
        return standard.adding(members)
    }
}

/// One part of a request that cannot be taken as it is.
struct MemberProblem: Sendable, Equatable {
    /// Its name: a member of the body, a query parameter, or a part of the path.
    let member: String
    /// What is wrong with it.
    let problem: String
    /// What would be right.
    let expected: String

    /// As it stands in the document.
    var json: JSONValue {
        ["member": .string(member), "problem": .string(problem), "expected": .string(expected)]
    }
}
