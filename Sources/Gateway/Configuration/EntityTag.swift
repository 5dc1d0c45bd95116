import HTTPTypes
import Hummingbird

/// The revision of a twin as a strong entity tag (RFC 9110, section 8.8.3).
enum EntityTag {
    /// The tag of a revision.
    static func text(_ revision: UInt64) -> String { "\"\(revision)\"" }

    /// What a client says that it saw.
    enum Precondition: Equatable {
        /// Nothing.
        case none
        /// Whatever there is (`*`).
        case anything
        /// One of these revisions; empty when none of its tags can be ours.
        case revisions([UInt64])
    }

    /// Reads `If-Match`.
    ///
    /// - Throws: ``Problem`` when it is no list of entity tags.
    static func precondition(of request: Request) throws(Problem) -> Precondition {
        let lines = request.headers[values: .ifMatch]
        if lines.isEmpty { return .none }
        let words = lines.flatMap { $0.split(separator: ",") }.map { $0.filter { !" \t".contains($0) } }
        if words == ["*"] { return .anything }
        var revisions: [UInt64] = []
        for word in words {
            let isWeak = word.hasPrefix("W/")
            let tag = isWeak ? word.dropFirst(2) : word[...]
            guard tag.count >= 2, tag.first == "\"", tag.last == "\"" else {
                throw .invalid(
                    "If-Match", "'\(word.prefix(100))' is no entity tag", expected: "the ETag of an earlier answer")
            }
            // A weak tag never matches: what changes a limit must be the same, not nearly the same.
            if !isWeak, let revision = UInt64(tag.dropFirst().dropLast()) { revisions.append(revision) }
        }
        return .revisions(revisions)
    }
}

extension HTTPField.Name {
    /// RFC 5789: what a resource can be patched with.
    static let acceptPatch = HTTPField.Name("Accept-Patch")!
}
