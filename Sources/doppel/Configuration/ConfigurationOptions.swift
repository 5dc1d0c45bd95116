import ArgumentParser
import Foundation

/// The flags that every command with a configuration understands; one for each ``ConfigurationKey``.
struct ConfigurationOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The YAML file to read (default: \(ConfigurationFile.defaultPath), if it is there)."))
    var config: String?

    @Option(
        help: """
            The MQTT broker: 'embedded' or mqtt://user:password@host:port. A password given here can be seen by every \
            user of this machine; prefer the environment.
            """)
    var brokerURL: String?

    @Option(name: .customLong("broker-tls-ca-file"), help: "Authorities trusted for mqtts://, a PEM file.")
    var brokerCAFile: String?

    @Option(name: .customLong("broker-tls-certificate-file"), help: "Our certificate for mqtts://, a PEM file.")
    var brokerCertificateFile: String?

    @Option(name: .customLong("broker-tls-key-file"), help: "Our certificate's key, a PEM file.")
    var brokerKeyFile: String?

    @Option(
        name: .customLong("broker-tls-insecure"),
        help: "Whether the broker's certificate goes unchecked: true or false.")
    var brokerInsecure: String?

    @Option(help: "Where the embedded broker listens, a TCP port on loopback.")
    var embeddedBrokerPort: String?

    @Option(name: .customLong("http-host"), help: "The address the HTTP interface listens on.")
    var httpHost: String?

    @Option(name: .customLong("http-port"), help: "The TCP port the HTTP interface listens on; 0 for any free one.")
    var httpPort: String?

    @Option(help: "Where everything durable lies.")
    var dataDirectory: String?

    @Option(help: "Where the models lie.")
    var twinsDirectory: String?

    @Option(
        help: """
            The PostgreSQL database that keeps history, too: postgres://user:password@host:port/database. A password \
            given here can be seen by every user of this machine; prefer the environment.
            """)
    var historyURL: String?

    @Option(
        name: .customLong("history-time-zone"),
        help: "Where the days, weeks and months of the history begin, such as Europe/Berlin.")
    var historyTimeZone: String?

    @Option(
        name: .customLong("history-disk-budget-mb"),
        help: "How much room rows may take that wait for the history store, in MB.")
    var historyBudget: String?

    @Option(
        name: .customLong("history-when-over-budget"),
        help: "Beyond that: 'hold' readings at the broker, or 'drop_oldest' of them.")
    var historyOverBudget: String?

    @Option(help: "For how many days the embedded store keeps readings that PostgreSQL holds, too.")
    var historyEmbeddedDays: String?

    @Option(help: "The PostgreSQL channel on which others say that they put readings into 'inbox_messages'.")
    var historyInboxChannel: String?

    @Option(help: "Who lets new devices take part: manual or automatic.")
    var approval: String?

    @Option(
        name: .customLong("heartbeat-timeout-seconds"),
        help: "After how many seconds without a heartbeat a device counts as offline.")
    var heartbeatTimeout: String?

    @Option(help: "Whether devices are told what their raw values were processed to: true or false.")
    var publishProcessed: String?

    @Option(
        name: .customLong("retention-readings-days"),
        help: "For how many days readings are kept after they were measured; 0 for ever.")
    var readingsDays: String?

    @Option(
        name: .customLong("retention-rollups-days"),
        help: "For how many days minutes, hours, days, weeks and months of readings are kept; 0 for ever.")
    var rollupsDays: String?

    @Option(
        name: .customLong("retention-events-days"),
        help: "For how many days events are kept that are no safety records; 0 for ever.")
    var eventsDays: String?

    @Option(
        name: .customLong("retention-safety-days"),
        help: "For how many days safety records and commands are kept; 0 for ever.")
    var safetyDays: String?

    @Option(help: "The least important log lines written: trace, debug, info, notice, warning, error or critical.")
    var logLevel: String?

    @Option(help: "How log lines look: text or json.")
    var logFormat: String?

    /// What the command line says, by key.
    var values: [ConfigurationKey: String] {
        var values: [ConfigurationKey: String] = [:]
        for key in ConfigurationKey.allCases {
            values[key] =
                switch key {
                case .brokerURL: brokerURL
                case .brokerCAFile: brokerCAFile
                case .brokerCertificateFile: brokerCertificateFile
                case .brokerKeyFile: brokerKeyFile
                case .brokerInsecure: brokerInsecure
                case .embeddedBrokerPort: embeddedBrokerPort
                case .httpHost: httpHost
                case .httpPort: httpPort
                case .dataDirectory: dataDirectory
                case .twinsDirectory: twinsDirectory
                case .historyURL: historyURL
                case .historyTimeZone: historyTimeZone
                case .historyBudget: historyBudget
                case .historyOverBudget: historyOverBudget
                case .approval: approval
                case .heartbeatTimeout: heartbeatTimeout
                case .publishProcessed: publishProcessed
                case .embeddedDays: historyEmbeddedDays
                case .inboxChannel: historyInboxChannel
                case .readingsDays: readingsDays
                case .rollupsDays: rollupsDays
                case .eventsDays: eventsDays
                case .safetyDays: safetyDays
                case .logLevel: logLevel
                case .logFormat: logFormat
                }
        }
        return values
    }

    /// Puts the flags together with the environment and the file.
    ///
    /// - Throws: Every problem of every source.
    func resolve(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(Problems) -> ResolvedConfiguration {
        try ResolvedConfiguration(
            flags: values, environment: environment, file: config.map(ResolvedConfiguration.File.named) ?? .usual)
    }
}
