/// Why a command of the client did not get what it asked for.
enum ClientFailure: Error, Sendable, Equatable {
    /// Nobody answered at this address.
    case unreachable(url: String, reason: String)
    /// The server answered, and said no.
    case refused(Refusal)
    /// What answered is no Doppel, or a newer one.
    case incomprehensible(url: String, detail: String)

    /// A problem document of the server (RFC 9457).
    struct Refusal: Sendable, Equatable {
        /// The HTTP status.
        var status: Int
        /// What happened, in a few words.
        var title: String
        /// What was wrong, and what would be right.
        var detail: String
        /// The limit that forbade a command.
        var limit: String?
        /// What the limit asks for.
        var bound: String?
        /// What it found.
        var actual: String?
        /// After how many seconds asking again may succeed.
        var retryAfterSeconds: Int?
        /// The stable word of the problem's kind, such as `revision-changed`.
        var kind: String?
        /// The refused command, which another person can second.
        var command: String?
        /// Everything that was wrong with a wish.
        var problems: [Place] = []
        /// Everything that was wrong with the request, by the interface's names.
        var members: [Place] = []

        /// One thing that was wrong, and where.
        struct Place: Sendable, Equatable {
            /// Where, such as `actuators/26/name`.
            var path: String
            /// What was wrong and what would be right.
            var detail: String
        }
    }

    /// The status that the program ends with.
    var exitCode: Int32 {
        switch self {
        case .unreachable: ClientExit.unreachable
        case .refused, .incomprehensible: ClientExit.failed
        }
    }
}

/// The statuses that `doppel twin` and `doppel stop` end with.
enum ClientExit {
    /// What was asked for has happened.
    static let success: Int32 = 0
    /// It was refused, has failed, or is not proven to have happened.
    static let failed: Int32 = 1
    /// The server cannot be reached; nothing was asked of it.
    static let unreachable: Int32 = 3
    /// What was written is not all of it.
    static let cutShort: Int32 = 3

    /// For `--help`.
    ///
    /// Wrong usage is sysexits' EX_USAGE.
    static let explanation =
        "Exit status: 0 done; 1 refused, failed or not confirmed; 3 Doppel cannot be reached; 64 wrong usage."
}

extension ClientFailure.Refusal {
    /// Reads a problem document, or makes one up for an answer without one.
    init(status: Int, document: WireValue?) {
        self.status = status
        title = document?["title"]?.text ?? "the server answered with status \(status)"
        detail = document?["detail"]?.text ?? ""
        limit = document?["limit"]?.text
        bound = document?["bound"]?.text
        actual = document?["actual"]?.text
        retryAfterSeconds = document?["retry_after_seconds"]?.number.map { Int($0) }
        kind = document?["type"]?.text?.split(separator: ":").last.map(String.init)
        command = document?["command_id"]?.text
        problems = (document?["problems"]?.items ?? []).map { problem in
            Place(path: problem["path"].shown, detail: problem["detail"].shown)
        }
        members = (document?["errors"]?.items ?? []).map { error in
            Place(path: error["member"].shown, detail: "\(error["problem"].shown), expected \(error["expected"].shown)")
        }
    }
}
