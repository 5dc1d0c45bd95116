/// Why PostgreSQL did not do what it was asked.
public struct PostgresFailure: Error, Sendable, Equatable {
    /// What kind of failure it is, as far as it matters for what comes next.
    public enum Kind: Sendable, Equatable {
        /// There was no connection in time, or the link leaves the server alone for a while; nothing was sent.
        case unavailable
        /// Too much waits already; nothing was sent.
        case crowded
        /// The connection ended on the way.
        case lost(mayHaveHappened: Bool)
        /// The server did not answer in time; the connection was given up.
        case overdue(mayHaveHappened: Bool)
        /// The server said no; nothing happened.
        case refused
        /// What was asked cannot be sent, or what came cannot be read: a mistake in Doppel.
        case misused
        /// The link was stopped; nothing was sent.
        case stopped
    }

    /// What kind of failure it is.
    public let kind: Kind
    /// PostgreSQL's five characters for the error; `nil` where the server did not say one.
    public let sqlState: String?
    /// What happened, for a person to read; never a password.
    public let message: String

    /// Puts a failure together.
    public init(_ kind: Kind, sqlState: String? = nil, _ message: String) {
        self.kind = kind
        self.sqlState = sqlState
        self.message = message
    }

    /// Whether what was asked may have taken effect all the same.
    public var mayHaveHappened: Bool {
        switch kind {
        case .lost(let may), .overdue(let may): may
        case .unavailable, .crowded, .refused, .misused, .stopped: false
        }
    }

    /// Whether the same may succeed later without anybody changing it.
    ///
    /// Not the same as being safe to repeat: look at ``mayHaveHappened`` too.
    public var isRetriable: Bool {
        switch kind {
        case .unavailable, .crowded, .lost, .overdue: true
        case .misused, .stopped: false
        case .refused: sqlState.map(Self.passes) ?? false
        }
    }

    /// Whether a state goes over by itself: conflicts, locks, a server that starts or stops or is full.
    private static func passes(_ state: String) -> Bool {
        switch state.prefix(2) {
        case "08", "40", "53", "57", "58": true
        default: state == "55P03" || state == "55006" || state == "25006"
        }
    }

    /// What would help; `nil` where the message says it all.
    public var advice: String? {
        guard kind == .refused, let sqlState else { return nil }
        return Self.advice[sqlState] ?? Self.adviceByClass[String(sqlState.prefix(2))]
    }

    private static let advice: [String: String] = [
        "25006": "The server takes no writes: it is a standby, or default_transaction_read_only is on. "
            + "Point DOPPEL_HISTORY_URL at the primary, or add target_session_attrs=read-write.",
        "3D000": "Create the database (createdb), or correct its name in DOPPEL_HISTORY_URL.",
        "42501": "Grant the user the rights that OPERATIONS.md lists for a user of its own, or make it a member of the "
            + "role that owns the schema.",
        "42P01": "The schema is not there or too old: run 'doppel admin migrate'.",
        "42703": "The schema is too old: run 'doppel admin migrate'.",
        "53100": "The server's disk is full. Free space there; Doppel keeps the rows and goes on by itself.",
        "53300": "The server has no free connection. Raise max_connections, or close other clients.",
        "57P03": "The server is starting or stopping; Doppel tries again by itself.",
    ]

    private static let adviceByClass: [String: String] = [
        "28": "Check user and password in DOPPEL_HISTORY_URL, and pg_hba.conf on the server.",
        "40": "Two transactions got in each other's way; it is tried again.",
        "53": "The server is short of something; see its log.",
        "58": "The server's system failed it; see its log.",
        "XX": "The server found its own data damaged or has a defect; see its log, and check its disk.",
    ]
}

extension PostgresFailure: CustomStringConvertible {
    /// The message, the server's state and what would help.
    public var description: String {
        let state = sqlState.map { " (SQLSTATE \($0))" } ?? ""
        let doubt = mayHaveHappened ? " It may have taken effect all the same." : ""
        return message + state + doubt + (advice.map { " \($0)" } ?? "")
    }
}
