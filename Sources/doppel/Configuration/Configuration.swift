import Logging
import PostgresHistory
import SQLiteJournal
import TwinRuntime

/// What a person decided about this Doppel, checked and complete.
///
/// Each value comes from the first of these that names it: flags, environment, the YAML file, defaults. All keys
/// are listed at ``ConfigurationKey``.
struct Configuration: Sendable, Equatable {
    /// Who lets a new device take part.
    enum Approval: String, Sendable, CaseIterable {
        /// An operator, through the interface.
        case manual
        /// Nobody has to; for demonstrations and tests.
        case automatic
    }

    /// How log lines look.
    enum LogFormat: String, Sendable, CaseIterable {
        /// For people.
        case text
        /// One JSON object a line, for machines.
        case json
    }

    /// What protects the connection to an external broker.
    struct TLS: Sendable, Equatable {
        /// The authorities that are trusted, a PEM file; `nil` for the system's.
        var authorityFile: String?
        /// The certificate that says who Doppel is, a PEM file.
        var certificateFile: String?
        /// The certificate's private key, a PEM file.
        var keyFile: String?
        /// Whether the broker's certificate is taken unchecked.
        ///
        /// Only for tests.
        var isInsecure: Bool
    }

    /// The broker.
    var broker: BrokerChoice
    /// How the connection to an external broker is protected; in force with `mqtts://` only.
    var brokerTLS: TLS
    /// Where the embedded broker listens on loopback, a TCP port.
    var embeddedBrokerPort: Int
    /// The address the HTTP interface listens on.
    var httpHost: String
    /// The TCP port the HTTP interface listens on; 0 for any free one.
    var httpPort: Int
    /// Where everything durable lies.
    var dataDirectory: String
    /// Where the models lie.
    var twinsDirectory: String
    /// The database that keeps history beside the embedded store; `nil` for none.
    var history: PostgresAddress?
    /// Where the days, weeks and months of the history begin, by the name of the time zone.
    var historyTimeZone: String
    /// How much may wait for the history store, and what follows beyond that; in force while there is one.
    var historyBudget: HistoryBudget
    /// For how many days the embedded store keeps readings that PostgreSQL holds, too.
    var embeddedDays: Int
    /// Where others say that they put readings into the database; `nil` where none are taken from there.
    var inboxChannel: String?
    /// Who lets a new device take part.
    var approval: Approval
    /// After how long without a heartbeat a device counts as offline, in seconds.
    var heartbeatTimeoutSeconds: Int
    /// Whether devices are told what their raw values were processed to.
    var publishesProcessed: Bool
    /// How long the journal keeps what it stores.
    var retention: RetentionRules
    /// The least important log lines that are written.
    var logLevel: Logger.Level
    /// How log lines look.
    var logFormat: LogFormat

    /// For how long the embedded store keeps what: less where PostgreSQL holds the readings, too.
    var embeddedRetention: RetentionRules {
        guard feedsHistory else { return retention }
        var rules = retention
        rules.waitsForFeed = true
        rules.readingsDays = min(rules.readingsDays > 0 ? rules.readingsDays : .max, embeddedDays)
        return rules
    }

    /// Whether another store is fed from the journal.
    var feedsHistory: Bool { history != nil }

    /// Where the HTTP interface is reached from this machine.
    var interfaceURL: String {
        let host =
            switch httpHost {
            case "0.0.0.0": "127.0.0.1"
            case "::": "[::1]"
            case let other where other.contains(":"): "[\(other)]"
            case let other: other
            }
        return "http://\(host):\(httpPort)"
    }
}
