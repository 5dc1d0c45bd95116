import Foundation
import Logging
import MQTTBroker
import PostgresHistory
import SQLiteJournal
import TwinRuntime

/// A configuration together with who said what.
struct ResolvedConfiguration: Sendable {
    /// The values.
    let configuration: Configuration
    /// The strongest setting of each key.
    let settings: [ConfigurationKey: Setting]

    /// Which file to read.
    enum File: Sendable, Equatable {
        /// The usual one, if it is there.
        case usual
        /// One that was asked for, and so must be there.
        case named(String)
        /// None; for tests.
        case none
    }

    /// Puts flags, environment, file and defaults together and checks all of them.
    ///
    /// A value is checked even where a stronger one hides it. Whether values contradict each other is judged once each
    /// of them is right.
    /// - Parameters:
    ///   - flags: What the command line says, by key.
    ///   - environment: All variables; those that begin with `DOPPEL_` must be known.
    ///   - file: Which YAML file to read.
    /// - Throws: Every problem of every source.
    init(flags: [ConfigurationKey: String], environment: [String: String], file: File) throws(Problems) {
        let (resolved, problems) = Self.asFarAsPossible(flags: flags, environment: environment, file: file)
        guard problems.isEmpty else { throw Problems(problems) }
        let contradictions = Self.contradictions(in: resolved.configuration, resolved.settings)
        guard contradictions.isEmpty else { throw Problems(contradictions) }
        self = resolved
    }

    private init(_ configuration: Configuration, _ settings: [ConfigurationKey: Setting]) {
        self.configuration = configuration
        self.settings = settings
    }

    /// Puts all sources together and leaves out what is wrong, so that weaker sources and defaults take its place.
    ///
    /// Only for what must work with a broken configuration, too.
    static func asFarAsPossible(
        flags: [ConfigurationKey: String], environment: [String: String], file: File
    ) -> (resolved: ResolvedConfiguration, problems: [Problem]) {
        var problems: [Problem] = []
        let layers = [
            fallbacks, read(file, &problems), read(environment, &problems),
            Dictionary(
                uniqueKeysWithValues: flags.map { ($0.key, Setting($0.value, from: .flag($0.key.flag))) }),
        ]
        var values: [ConfigurationKey: ConfigurationValue] = [:]
        var settings: [ConfigurationKey: Setting] = [:]
        for key in ConfigurationKey.allCases {
            for setting in layers.compactMap({ $0[key] }) {
                guard let value = setting.text.map(key.rule.value(of:)) ?? ConfigurationValue.nothing else {
                    problems.append(brokenRule(of: key, text: setting.text ?? "", origin: setting.origin))
                    continue
                }
                values[key] = value
                settings[key] = setting
            }
        }
        return (ResolvedConfiguration(Configuration(values), settings), problems)
    }

    private static var fallbacks: [ConfigurationKey: Setting] {
        Dictionary(
            uniqueKeysWithValues: ConfigurationKey.allCases.map { ($0, Setting($0.fallback, from: .fallback)) })
    }

    private static func read(_ file: File, _ problems: inout [Problem]) -> [ConfigurationKey: Setting] {
        let path: String
        switch file {
        case .none: return [:]
        case .named(let name): path = name
        case .usual:
            path = ConfigurationFile.defaultPath
            guard FileManager.default.fileExists(atPath: path) else { return [:] }
        }
        do {
            let content = ConfigurationFile(try YAMLText(path: path))
            problems += content.problems
            return content.settings
        } catch {
            problems += error.list
            return [:]
        }
    }

    private static func read(
        _ environment: [String: String], _ problems: inout [Problem]
    ) -> [ConfigurationKey: Setting] {
        let keys = Dictionary(uniqueKeysWithValues: ConfigurationKey.allCases.map { ($0.variable, $0) })
        var settings: [ConfigurationKey: Setting] = [:]
        for (variable, text) in environment.sorted(by: { $0.key < $1.key }) where variable.hasPrefix("DOPPEL_") {
            if let key = keys[variable] {
                settings[key] = Setting(text, from: .environment(variable: variable))
            } else {
                let nearest = NearestWord.to(variable, among: ConfigurationKey.allCases.map(\.variable))
                problems.append(
                    Problem(
                        "environment \(variable)",
                        "unknown variable" + (nearest.map { "; did you mean \($0)?" } ?? "")))
            }
        }
        return settings
    }

    private static func brokenRule(of key: ConfigurationKey, text: String, origin: Setting.Origin) -> Problem {
        let found =
            switch true {
            case text.isEmpty: "; it is empty"
            // What breaks the rule may hold a password that cannot be told apart any more.
            case key.isSecret: ""
            default: ", not '\(text)'"
            }
        let guess = key.rule.guess(for: text).map { "; did you mean \($0)?" } ?? ""
        let reason = key.rule.reason(against: text).map { ": \($0)" } ?? ""
        return Problem(origin.description, "'\(key.path)' must be \(key.rule.demand)\(found)\(guess)\(reason)")
    }

    private static func contradictions(
        in configuration: Configuration, _ settings: [ConfigurationKey: Setting]
    ) -> [Problem] {
        var problems: [Problem] = []
        let tls = configuration.brokerTLS
        func place(_ key: ConfigurationKey) -> String { (settings[key]?.origin ?? .fallback).description }
        if tls.certificateFile != nil, tls.keyFile == nil {
            problems.append(
                Problem(place(.brokerCertificateFile), "a certificate needs 'broker.tls.key_file' beside it"))
        }
        if tls.keyFile != nil, tls.certificateFile == nil {
            problems.append(
                Problem(place(.brokerKeyFile), "a key needs 'broker.tls.certificate_file' beside it"))
        }
        let files: [(ConfigurationKey, String?)] = [
            (.brokerCAFile, tls.authorityFile), (.brokerCertificateFile, tls.certificateFile),
            (.brokerKeyFile, tls.keyFile),
        ]
        for (key, path) in files {
            guard let path else { continue }
            if !FileManager.default.isReadableFile(atPath: path) {
                problems.append(Problem(place(key), "'\(key.path)': '\(path)' cannot be read"))
            }
        }
        if configuration.inboxChannel != nil, configuration.history == nil {
            problems.append(
                Problem(
                    place(.inboxChannel),
                    "a channel needs the database beside it: set '\(ConfigurationKey.historyURL.path)'"))
        }
        // Somebody who names TLS files believes the connection to be encrypted.
        let isEncrypted = if case .external(let url) = configuration.broker { url.isSecured } else { false }
        let named = files.first { $0.1 != nil }?.0 ?? (tls.isInsecure ? .brokerInsecure : nil)
        if let named, !isEncrypted {
            problems.append(
                Problem(
                    place(named),
                    "'\(named.path)' is set, but '\(configuration.broker.redacted)' is not encrypted; "
                        + "use mqtts:// or remove it"))
        }
        return problems
    }
}

extension Configuration {
    /// Takes values that have passed their rules.
    init(_ values: [ConfigurationKey: ConfigurationValue]) {
        func text(_ key: ConfigurationKey) -> String? {
            if case .text(let text) = values[key] { text } else { nil }
        }
        func required(_ key: ConfigurationKey) -> String {
            guard let text = text(key) else { preconditionFailure("\(key.path) is \(values[key] as Any)") }
            return text
        }
        func integer(_ key: ConfigurationKey) -> Int {
            guard case .integer(let number) = values[key] else {
                preconditionFailure("\(key.path) is \(values[key] as Any)")
            }
            return number
        }
        guard case .broker(let broker) = values[.brokerURL],
            let overBudget = HistoryBudget.Choice(rawValue: required(.historyOverBudget)),
            let approval = Approval(rawValue: required(.approval)),
            let level = Logger.Level(rawValue: required(.logLevel)),
            let format = LogFormat(rawValue: required(.logFormat))
        else { preconditionFailure("a value passed its rule and fits no type: \(values)") }
        let history: PostgresAddress? =
            if case .history(let address) = values[.historyURL] { address } else { nil }
        var retention = RetentionRules()
        retention.readingsDays = integer(.readingsDays)
        retention.rollupsDays = integer(.rollupsDays)
        retention.eventsDays = integer(.eventsDays)
        retention.safetyDays = integer(.safetyDays)
        self.init(
            broker: broker,
            brokerTLS: TLS(
                authorityFile: text(.brokerCAFile), certificateFile: text(.brokerCertificateFile),
                keyFile: text(.brokerKeyFile), isInsecure: values[.brokerInsecure] == .boolean(true)),
            embeddedBrokerPort: integer(.embeddedBrokerPort), httpHost: required(.httpHost),
            httpPort: integer(.httpPort), dataDirectory: required(.dataDirectory),
            twinsDirectory: required(.twinsDirectory), history: history,
            historyTimeZone: required(.historyTimeZone),
            historyBudget: HistoryBudget(bytes: integer(.historyBudget) * 1_000_000, choice: overBudget),
            embeddedDays: integer(.embeddedDays), inboxChannel: text(.inboxChannel), approval: approval,
            heartbeatTimeoutSeconds: integer(.heartbeatTimeout),
            publishesProcessed: values[.publishProcessed] == .boolean(true), retention: retention, logLevel: level,
            logFormat: format)
    }
}
