import ArgumentParser
import Testing

@testable import doppel

@Suite struct ConfigurationKeyTests {
    @Test(arguments: ConfigurationKey.allCases)
    func everyKeyHasItsFlag(key: ConfigurationKey) throws {
        let options = try ConfigurationOptions.parse([key.flag, "something"])
        #expect(options.values == [key: "something"])
    }

    @Test(arguments: ConfigurationKey.allCases)
    func everyDefaultKeepsItsOwnRule(key: ConfigurationKey) {
        guard let fallback = key.fallback else { return }
        #expect(key.rule.value(of: fallback) != nil)
    }

    @Test func theShippedFileShowsEveryKeyWithItsDefault() throws {
        let shipped = try Repository.text("config/doppel.yaml")
        // Lines that begin with "# " and a key are YAML that was commented out; prose is not.
        let keys = ConfigurationKey.allCases.flatMap { $0.path.split(separator: ".").map(String.init) }
        let yaml = shipped.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("# ") else { return nil }
            let text = line.dropFirst(2)
            let word = text.drop { $0 == " " }.prefix { $0 != ":" }
            return keys.contains(String(word)) ? String(text) : nil
        }
        let folder = try TemporaryFolder()
        let file = try folder.write("doppel.yaml", yaml.joined(separator: "\n"))
        let resolved = try ResolvedConfiguration(flags: [:], environment: [:], file: .named(file))
        for key in ConfigurationKey.allCases {
            let setting = try #require(resolved.settings[key])
            #expect(setting.origin != .fallback, "\(key.path) is not in the file")
            #expect(setting.text == key.fallback || (setting.text == "~" && key.fallback == nil))
        }
        let untouched = try ResolvedConfiguration(
            flags: [:], environment: [:], file: .named("\(Repository.folder)/config/doppel.yaml"))
        #expect(untouched.settings.values.allSatisfy { $0.origin == .fallback })
    }

    @Test(arguments: [
        ("httpport", "http.port"), ("brokerurl", "broker.url"), ("approvel", "approval"),
        ("log.levle", "log.level"), ("DATA-DIRECTORY", "data_directory"),
        ("heartbeat_timeout", "heartbeat_timeout_seconds"),
    ])
    func theNearestWordIsFound(wrong: String, right: String) {
        #expect(NearestWord.to(wrong, among: ConfigurationKey.allCases.map(\.path)) == right)
    }

    @Test(arguments: [
        ("", "", 0), ("", "abc", 3), ("abc", "", 3), ("abc", "abc", 0), ("abc", "abd", 1), ("abc", "bac", 1),
        ("kitten", "sitting", 3), ("a.b", "a_b", 0), ("Ab", "aB", 0),
    ])
    func distancesCountEdits(left: String, right: String, distance: Int) {
        #expect(NearestWord.distance(left, right) == distance)
    }
}
