import Logging
import SQLiteJournal
import Testing
import TwinRuntime

@testable import doppel

@Suite struct ConfigurationTests {
    private func resolve(
        flags: [ConfigurationKey: String] = [:], environment: [String: String] = [:], yaml: String? = nil
    ) throws -> ResolvedConfiguration {
        guard let yaml else {
            return try ResolvedConfiguration(flags: flags, environment: environment, file: .none)
        }
        let folder = try TemporaryFolder()
        return try ResolvedConfiguration(
            flags: flags, environment: environment, file: .named(try folder.write("doppel.yaml", yaml)))
    }

    @Test func nothingHasToBeSet() throws {
        let configuration = try resolve().configuration
        #expect(
            configuration
                == Configuration(
                    broker: .embedded,
                    brokerTLS: .init(authorityFile: nil, certificateFile: nil, keyFile: nil, isInsecure: false),
                    embeddedBrokerPort: 1883, httpHost: "127.0.0.1", httpPort: 8080, dataDirectory: "./data",
                    twinsDirectory: "./twins", historyTimeZone: "UTC",
                    historyBudget: HistoryBudget(bytes: 10_240_000_000, choice: .hold), embeddedDays: 30,
                    approval: .manual,
                    heartbeatTimeoutSeconds: 180, publishesProcessed: true, retention: RetentionRules(),
                    logLevel: .info,
                    logFormat: .text))
        #expect(configuration.interfaceURL == "http://127.0.0.1:8080")
    }

    @Test(
        arguments: [
            (flag: nil, variable: nil, file: nil, port: 8080, from: "default"),
            (flag: nil, variable: nil, file: "3", port: 3, from: "doppel.yaml:2:9"),
            (flag: nil, variable: "2", file: nil, port: 2, from: "environment DOPPEL_HTTP_PORT"),
            (flag: nil, variable: "2", file: "3", port: 2, from: "environment DOPPEL_HTTP_PORT"),
            (flag: "1", variable: nil, file: nil, port: 1, from: "flag --http-port"),
            (flag: "1", variable: nil, file: "3", port: 1, from: "flag --http-port"),
            (flag: "1", variable: "2", file: nil, port: 1, from: "flag --http-port"),
            (flag: "1", variable: "2", file: "3", port: 1, from: "flag --http-port"),
        ] as [(flag: String?, variable: String?, file: String?, port: Int, from: String)])
    func theStrongestSourceWins(flag: String?, variable: String?, file: String?, port: Int, from: String) throws {
        let resolved = try resolve(
            flags: flag.map { [.httpPort: $0] } ?? [:], environment: variable.map { ["DOPPEL_HTTP_PORT": $0] } ?? [:],
            yaml: file.map { "http:\n  port: \($0)\n" })
        #expect(resolved.configuration.httpPort == port)
        let origin = try #require(resolved.settings[.httpPort]).origin.description
        #expect(origin.hasSuffix(from))
    }

    @Test(arguments: [
        ("DOPPEL_BROKER_URL", "mqtt://h"), ("DOPPEL_EMBEDDED_BROKER_PORT", "1884"), ("DOPPEL_HTTP_HOST", "::1"),
        ("DOPPEL_HTTP_PORT", "0"), ("DOPPEL_DATA_DIRECTORY", "/d"), ("DOPPEL_APPROVAL", "automatic"),
        ("DOPPEL_LOG_LEVEL", "debug"), ("DOPPEL_LOG_FORMAT", "json"), ("DOPPEL_TWINS_DIRECTORY", "/t"),
        ("DOPPEL_HEARTBEAT_TIMEOUT_SECONDS", "60"), ("DOPPEL_HISTORY_TIME_ZONE", "Europe/Berlin"),
    ])
    func theFixedVariablesAreUnderstood(variable: String, value: String) throws {
        let plain = try resolve().configuration
        let changed = try resolve(environment: [variable: value]).configuration
        #expect(changed != plain)
    }

    @Test func variablesOfOtherProgramsAreNoBusinessOfOurs() throws {
        let resolved = try resolve(environment: ["HOME": "/root", "DOPPELGANGER": "1"])
        #expect(resolved.settings.values.allSatisfy { $0.origin == .fallback })
    }

    @Test(arguments: [
        ("DOPPEL_HTTP_PROT", "DOPPEL_HTTP_PORT"), ("DOPPEL_BROKER", "DOPPEL_BROKER_URL"),
        ("DOPPEL_LOGLEVEL", "DOPPEL_LOG_LEVEL"), ("DOPPEL_DATA_DIR", "DOPPEL_DATA_DIRECTORY"),
    ])
    func anUnknownVariableNamesTheNearestOne(wrong: String, right: String) {
        let lines = problems { () throws(Problems) in
            _ = try ResolvedConfiguration(flags: [:], environment: [wrong: "1"], file: .none)
        }
        #expect(lines == ["environment \(wrong): unknown variable; did you mean \(right)?"])
    }

    @Test func everyProblemOfEverySourceIsListed() throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "doppel.yaml",
            """
            htpp:
              port: 1
            http:
              port: eighty
              hots: x
            log_level: info
            approval: [manual]
            broker:
              tls: yes
            data_directory:
            heartbeat_timeout_seconds: 5
            """)
        let lines = problems(without: folder.path) { () throws(Problems) in
            _ = try ResolvedConfiguration(
                flags: [.httpPort: "99999"], environment: ["DOPPEL_LOG_FORMAT": "xml", "DOPPEL_HTTP_HOST": ""],
                file: .named(file))
        }
        #expect(
            lines == [
                "doppel.yaml:1:1: unknown key 'htpp'; did you mean 'http'?",
                "doppel.yaml:4:9: 'http.port' must be a whole number from 0 to 65535, not the text 'eighty'",
                "doppel.yaml:5:3: unknown key 'http.hots'; did you mean 'http.host'?",
                "doppel.yaml:6:1: unknown key 'log_level'; did you mean 'log.level'?",
                "doppel.yaml:7:11: 'approval' must be manual or automatic, not a list",
                "doppel.yaml:9:8: 'broker.tls' must be a group of members, not a truth value",
                "doppel.yaml:10:16: 'data_directory' must be the path of a folder, not nothing",
                "environment DOPPEL_HTTP_HOST: 'http.host' must be a host name or an address; it is empty",
                "flag --http-port: 'http.port' must be a whole number from 0 to 65535, not '99999'",
                "doppel.yaml:11:28: 'heartbeat_timeout_seconds' must be a whole number from 10 to 86400, not '5'",
                "environment DOPPEL_LOG_FORMAT: 'log.format' must be text or json, not 'xml'",
            ])
    }

    @Test(arguments: [
        ("http: [", "doppel.yaml:2:1: is no YAML: while parsing a flow node, did not find expected node content"),
        ("http:\n  port: 1\n  port: 2\n", "doppel.yaml:2:3: 'port' stands here twice"),
        ("- a\n", "doppel.yaml:1:1: the file must be a group of members, not a list"),
    ])
    func aFileThatIsNoConfigurationSaysWhere(yaml: String, line: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("doppel.yaml", yaml)
        let lines = problems(without: folder.path) { () throws(Problems) in
            _ = try ResolvedConfiguration(flags: [:], environment: [:], file: .named(file))
        }
        #expect(lines == [line])
    }

    @Test func aFileThatWasAskedForMustBeThere() {
        let lines = problems { () throws(Problems) in
            _ = try ResolvedConfiguration(flags: [:], environment: [:], file: .named("/nowhere/doppel.yaml"))
        }
        #expect(lines == ["doppel.yaml: cannot be read: no such file"])
    }

    @Test func filesForTLSNeedAnEncryptedBroker() throws {
        let folder = try TemporaryFolder()
        let authorities = try folder.write("ca.pem", "x")
        let lines = problems { () throws(Problems) in
            _ = try ResolvedConfiguration(
                flags: [.brokerURL: "mqtt://u:pass@h", .brokerCAFile: authorities, .brokerKeyFile: "/none.pem"],
                environment: [:], file: .none)
        }
        #expect(
            lines == [
                "flag --broker-tls-key-file: a key needs 'broker.tls.certificate_file' beside it",
                "flag --broker-tls-key-file: 'broker.tls.key_file': '/none.pem' cannot be read",
                "flag --broker-tls-ca-file: 'broker.tls.ca_file' is set, but 'mqtt://u:***@h:1883' is not encrypted; "
                    + "use mqtts:// or remove it",
            ])
        let encrypted = try resolve(flags: [.brokerURL: "mqtts://h", .brokerCAFile: authorities])
        #expect(encrypted.configuration.brokerTLS.authorityFile == authorities)
    }

    @Test func theInboxNeedsAChannelThatIsOneAndADatabase() throws {
        let url = "postgres://mara@db/house"
        let right = try resolve(environment: ["DOPPEL_HISTORY_URL": url, "DOPPEL_HISTORY_INBOX_CHANNEL": "handed_in"])
        #expect(right.configuration.inboxChannel == "handed_in")
        #expect(try resolve(yaml: "history:\n  inbox_channel: ~\n").configuration.inboxChannel == nil)
        let alone = problems { () throws(Problems) in
            _ = try ResolvedConfiguration(flags: [.inboxChannel: "handed_in"], environment: [:], file: .none)
        }
        #expect(alone == ["flag --history-inbox-channel: a channel needs the database beside it: set 'history.url'"])
        let wrong = problems { () throws(Problems) in
            _ = try ResolvedConfiguration(
                flags: [.historyURL: url, .inboxChannel: "doppel_events"], environment: [:], file: .none)
        }
        #expect(wrong.count == 1 && wrong[0].contains("not the channel on which Doppel itself speaks, doppel_events"))
    }
}
