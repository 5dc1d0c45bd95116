import Logging
import TwinRuntime

/// Every setting there is.
///
/// Its name in YAML, in the environment and as a flag all follow from the one path.
///
/// | Path | Type | Unit | Default | |
/// |---|---|---|---|---|
/// | `broker.url` | `embedded` or `mqtt://user:password@host:port` | | `embedded` | holds a secret |
/// | `broker.tls.ca_file` | path | | the system's | |
/// | `broker.tls.certificate_file` | path | | none | |
/// | `broker.tls.key_file` | path | | none | |
/// | `broker.tls.insecure` | boolean | | `false` | |
/// | `embedded_broker.port` | 1 to 65535 | TCP port | `1883` | |
/// | `http.host` | name or address | | `127.0.0.1` | |
/// | `http.port` | 0 to 65535 | TCP port | `8080` | |
/// | `data_directory` | path | | `./data` | |
/// | `twins_directory` | path | | `./twins` | |
/// | `history.url` | `postgres://user:password@host:port/database` | | none: the embedded store | holds a secret |
/// | `history.time_zone` | IANA name | | `UTC` | |
/// | `history.disk_budget_mb` | 64 to 10000000 | 10^6 bytes | `10240` | |
/// | `history.when_over_budget` | `hold`, `drop_oldest` | | `hold` | |
/// | `history.embedded_days` | 2 to 36500 | days | `30` | |
/// | `history.inbox_channel` | name of a channel | | none: no inbox | |
/// | `approval` | `manual`, `automatic` | | `manual` | |
/// | `heartbeat_timeout_seconds` | 10 to 86400 | seconds | `180` | |
/// | `publish_processed` | boolean | | `true` | |
/// | `retention.readings_days` | 0 to 36500 | days, 0 for ever | `365` | |
/// | `retention.rollups_days` | 0 to 36500 | days, 0 for ever | `0` | |
/// | `retention.events_days` | 0 to 36500 | days, 0 for ever | `365` | |
/// | `retention.safety_days` | 0 to 36500 | days, 0 for ever | `0` | |
/// | `log.level` | `trace` to `critical` | | `info` | |
/// | `log.format` | `text`, `json` | | `text` | |
enum ConfigurationKey: String, Sendable, CaseIterable {
    case brokerURL = "broker.url"
    case brokerCAFile = "broker.tls.ca_file"
    case brokerCertificateFile = "broker.tls.certificate_file"
    case brokerKeyFile = "broker.tls.key_file"
    case brokerInsecure = "broker.tls.insecure"
    case embeddedBrokerPort = "embedded_broker.port"
    case httpHost = "http.host"
    case httpPort = "http.port"
    case dataDirectory = "data_directory"
    case twinsDirectory = "twins_directory"
    case historyURL = "history.url"
    case historyTimeZone = "history.time_zone"
    case historyBudget = "history.disk_budget_mb"
    case historyOverBudget = "history.when_over_budget"
    case embeddedDays = "history.embedded_days"
    case inboxChannel = "history.inbox_channel"
    case approval
    case heartbeatTimeout = "heartbeat_timeout_seconds"
    case publishProcessed = "publish_processed"
    case readingsDays = "retention.readings_days"
    case rollupsDays = "retention.rollups_days"
    case eventsDays = "retention.events_days"
    case safetyDays = "retention.safety_days"
    case logLevel = "log.level"
    case logFormat = "log.format"

    /// What a value must be.
    enum Rule: Sendable, Equatable {
        /// `embedded` or a broker's address.
        case broker
        /// A PostgreSQL database's address; nothing stands for "not set".
        case history
        /// Any text but the empty one.
        case text(String)
        /// Any text; nothing stands for "not set".
        case optionalText(String)
        /// A whole number within bounds.
        case integer(ClosedRange<Int>)
        /// One of some words.
        case word([String])
        /// `true` or `false`.
        case boolean
        /// The name of a time zone.
        case timeZone
        /// The name of a PostgreSQL channel; nothing stands for "not set".
        case channel
    }

    /// The path in YAML, such as `http.port`.
    var path: String { rawValue }

    /// The variable in the environment, such as `DOPPEL_HTTP_PORT`.
    var variable: String { "DOPPEL_" + path.uppercased().map { $0 == "." ? "_" : $0 } }

    /// The flag on the command line, such as `--http-port`.
    var flag: String { "--" + String(path.map { "._".contains($0) ? "-" : $0 }) }

    /// Whether a part of the value must never be shown.
    var isSecret: Bool { self == .brokerURL || self == .historyURL }

    /// What a value must be.
    var rule: Rule {
        switch self {
        case .brokerURL: .broker
        case .historyURL: .history
        case .brokerCAFile, .brokerCertificateFile, .brokerKeyFile: .optionalText("the path of a PEM file")
        case .brokerInsecure, .publishProcessed: .boolean
        case .embeddedBrokerPort: .integer(1...65535)
        case .httpHost: .text("a host name or an address")
        // 0 lets the system choose a free port; tests and several servers on one machine want that.
        case .httpPort: .integer(0...65535)
        case .dataDirectory, .twinsDirectory: .text("the path of a folder")
        case .historyTimeZone: .timeZone
        case .inboxChannel: .channel
        // Below 64 MB every short outage of the other store would be beyond the budget.
        case .historyBudget: .integer(64...10_000_000)
        case .historyOverBudget: .word(HistoryBudget.Choice.allCases.map(\.rawValue))
        case .approval: .word(Configuration.Approval.allCases.map(\.rawValue))
        // Devices speak every 60 s; below 10 s every hiccup of the network would look like a dead device.
        case .heartbeatTimeout: .integer(10...86_400)
        // A hundred years is as good as for ever.
        case .embeddedDays: .integer(2...36_500)
        case .readingsDays, .rollupsDays, .eventsDays, .safetyDays: .integer(0...36_500)
        case .logLevel: .word(Logger.Level.allCases.map(\.rawValue))
        case .logFormat: .word(Configuration.LogFormat.allCases.map(\.rawValue))
        }
    }

    /// The value where nobody says anything, as it would be written; `nil` for "not set".
    var fallback: String? {
        switch self {
        case .brokerURL: "embedded"
        case .brokerCAFile, .brokerCertificateFile, .brokerKeyFile, .historyURL, .inboxChannel: nil
        case .brokerInsecure: "false"
        case .embeddedBrokerPort: "1883"
        case .httpHost: "127.0.0.1"
        case .httpPort: "8080"
        case .dataDirectory: "./data"
        case .twinsDirectory: "./twins"
        case .historyTimeZone: "UTC"
        case .historyBudget: "10240"
        case .embeddedDays: "30"
        case .historyOverBudget: "hold"
        case .approval: "manual"
        case .heartbeatTimeout: "180"
        case .publishProcessed: "true"
        case .readingsDays, .eventsDays: "365"
        case .rollupsDays, .safetyDays: "0"
        case .logLevel: "info"
        case .logFormat: "text"
        }
    }
}
