import Testing

@testable import doppel

@Suite struct ConfigurationListingTests {
    @Test func itSaysWhereEachValueCameFrom() throws {
        let resolved = try ResolvedConfiguration(
            flags: [.httpPort: "81"], environment: ["DOPPEL_LOG_LEVEL": "debug"], file: .none)
        #expect(
            resolved.listing == """
                # The configuration in force: flags before environment before the file before defaults.
                broker:
                  url: embedded  # default
                  tls:
                    ca_file: ~  # default
                    certificate_file: ~  # default
                    key_file: ~  # default
                    insecure: false  # default
                embedded_broker:
                  port: 1883  # default
                http:
                  host: 127.0.0.1  # default
                  port: 81  # flag --http-port
                data_directory: ./data  # default
                twins_directory: ./twins  # default
                history:
                  url: ~  # default
                  time_zone: UTC  # default
                  disk_budget_mb: 10240  # default
                  when_over_budget: hold  # default
                  embedded_days: 30  # default
                  inbox_channel: ~  # default
                approval: manual  # default
                heartbeat_timeout_seconds: 180  # default
                publish_processed: true  # default
                retention:
                  readings_days: 365  # default
                  rollups_days: 0  # default
                  events_days: 365  # default
                  safety_days: 0  # default
                log:
                  level: debug  # environment DOPPEL_LOG_LEVEL
                  format: text  # default
                """)
    }

    @Test func itHidesSecrets() throws {
        let resolved = try ResolvedConfiguration(
            flags: [:], environment: ["DOPPEL_BROKER_URL": "mqtt://mara:s3cret@broker:1883"], file: .none)
        #expect(resolved.listing.contains("url: mqtt://mara:***@broker:1883  # environment DOPPEL_BROKER_URL"))
        #expect(!resolved.listing.contains("s3cret"))
    }

    @Test func aProblemOfTheHistorysURLIsNamedWithoutItsPassword() throws {
        let error = #expect(throws: Problems.self) {
            try ResolvedConfiguration(
                flags: [:], environment: ["DOPPEL_HISTORY_URL": "postgres://mara:s3cret@db/house?colour=red"],
                file: .none)
        }
        let text = try #require(error).list.map(\.description).joined()
        #expect(text.contains("colour") && !text.contains("s3cret"), "\(text)")
    }

    @Test(arguments: ["mqtt://u:s3cret@", "mqtts//u:s3cret@h", "s3cret"])
    func problemsHideThemToo(url: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("doppel.yaml", "broker: {url: '\(url)'}")
        let lines = problems { () throws(Problems) in
            _ = try ResolvedConfiguration(
                flags: [.brokerURL: url], environment: ["DOPPEL_BROKER_URL": url], file: .named(file))
        }
        #expect(lines.count == 3)
        #expect(lines.allSatisfy { !$0.contains("s3cret") })
    }

    @Test(arguments: ["a b", "it's", "yes", "12", "#x", "ä", "C:\\x", "a: b", "~"])
    func whatItPrintsCanBeReadAgain(path: String) throws {
        let first = try ResolvedConfiguration(flags: [.dataDirectory: path], environment: [:], file: .none)
        let folder = try TemporaryFolder()
        let file = try folder.write("doppel.yaml", first.listing)
        let second = try ResolvedConfiguration(flags: [:], environment: [:], file: .named(file))
        #expect(second.configuration == first.configuration)
    }
}
