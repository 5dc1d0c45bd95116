import Logging

/// What an operator reads about PostgreSQL: what happened, what goes on, what waits, and what to do.
struct OutageWords {
    let level: Logger.Level
    let message: String
    let metadata: Logger.Metadata

    /// Words a telling.
    ///
    /// - Parameters:
    ///   - failing: What does not work, the first to fail first.
    ///   - links: How many connections there are; PostgreSQL is away when all of them fail.
    init(
        _ telling: HistoryOutage.Telling, _ failing: [(part: OutageReport.Part, reason: String)], links: Int,
        server: String, waiting: OutageReport.Waiting
    ) {
        // Whatever works through a connection fails without one.
        let causes = failing.contains { $0.part.isLink } ? failing.filter(\.part.isLink) : failing
        let isAway = causes.count == links && causes.allSatisfy(\.part.isLink)
        let headline = isAway ? "PostgreSQL is away" : causes.first?.part.headline ?? "PostgreSQL had trouble"
        let reason = causes.first?.reason ?? ""
        switch telling {
        case .gone:
            level = .warning
            message = "\(headline). \(Self.safe)"
        case .still(let milliseconds):
            level = .warning
            message = "\(headline), for \(Self.span(milliseconds)) now. \(Self.safe)"
        case .back(let milliseconds):
            level = .notice
            message =
                "PostgreSQL works again after \(Self.span(milliseconds)); what waited is fed now. "
                + "Nothing is to be done."
            metadata = ["server": "\(server)", "waited": "\(waiting.rows) rows"]
            return
        }
        metadata = [
            "affected": "\(causes.map { "\($0.part.name) (\($0.part.effect))" }.joined(separator: ", "))",
            "do": "\(Self.advice(reason, server))", "reason": "\(reason)", "waiting": "\(waiting.room)",
        ]
    }

    private static let safe =
        "Twins, commands and stops go on; readings and records are kept in the journal and wait there."

    /// A span of time in its two largest units.
    static func span(_ milliseconds: Int64) -> String {
        let seconds = max(1, milliseconds / 1_000)
        switch seconds {
        case ..<60: return "\(seconds) s"
        case ..<3_600: return "\(seconds / 60) min \(seconds % 60) s"
        case ..<86_400: return "\(seconds / 3_600) h \(seconds % 3_600 / 60) min"
        default: return "\(seconds / 86_400) d \(seconds % 86_400 / 3_600) h"
        }
    }

    /// What would help, as far as the reason tells.
    static func advice(_ reason: String, _ server: String) -> String {
        remedy(reason) + " (\(server)). "
            + "Doppel tries again by itself; only a changed DOPPEL_HISTORY_URL needs it to be started again."
    }

    /// The same for a command that does not try again.
    static func remedy(_ reason: String) -> String {
        table.first { reason.contains($0.words) }?.advice ?? "See that PostgreSQL runs and lets Doppel in"
    }

    /// What libpq and the server say, and what would help.
    private static let table: [(words: String, advice: String)] = [
        ("password", "Correct user and password in DOPPEL_HISTORY_URL, or at the server"),
        ("pg_hba.conf", "Let Doppel's user and address in, in pg_hba.conf at the server"),
        ("role \"", "Make the user (createuser), or correct its name in DOPPEL_HISTORY_URL"),
        ("database \"", "Make the database (createdb), or correct its name in DOPPEL_HISTORY_URL"),
        ("certificate", "See to the certificates, or to sslmode and sslrootcert in DOPPEL_HISTORY_URL"),
        ("SSL", "See to TLS at the server, or to sslmode in DOPPEL_HISTORY_URL"),
        ("too many clients", "Raise max_connections at the server, or close other clients"),
        ("remaining connection slots", "Raise max_connections at the server, or close other clients"),
        ("starting up", "Wait: the server is starting or recovering"),
        ("shutting down", "Start PostgreSQL again, or wait if somebody restarts it"),
        ("translate host name", "Correct the host in DOPPEL_HISTORY_URL, or see to the name service"),
        ("Connection refused", "Start PostgreSQL there, or correct host and port in DOPPEL_HISTORY_URL"),
        ("No space left", "Free space on the server's disk"),
        ("could not extend", "Free space on the server's disk"),
        ("history.time_zone", "See what `reason` says about time zones"),
        ("schema", "See what `reason` says about the schema; `doppel admin migrate --dry-run` shows more"),
        ("did not answer", "See whether the server is overloaded, stuck or cut off"),
        ("did not let us in", "See whether the server is overloaded, stuck or cut off"),
    ]
}

extension PostgresFailure {
    /// A command cannot connect: why, and what would help.
    public static func unreachable(_ address: PostgresAddress, _ reason: String) -> Self {
        Self(.unavailable, "\(address) cannot be reached: \(reason)\nTo do: \(OutageWords.remedy(reason)).")
    }
}
