import PostgresHistory

/// One setting's value after its rule has been applied.
enum ConfigurationValue: Sendable, Equatable {
    case broker(BrokerChoice)
    case history(PostgresAddress)
    case text(String)
    case integer(Int)
    case boolean(Bool)
    case nothing
}

extension ConfigurationKey.Rule {
    /// Reads a value from the text of a flag, a variable or a YAML scalar; `nil` when it breaks the rule.
    func value(of text: String) -> ConfigurationValue? {
        switch self {
        case .broker: BrokerChoice(text).map(ConfigurationValue.broker)
        case .history:
            text.isEmpty
                ? ConfigurationValue.nothing
                : (try? PostgresAddress(url: text)).map(ConfigurationValue.history)
        case .text: text.isEmpty ? nil : .text(text)
        case .optionalText: text.isEmpty ? ConfigurationValue.nothing : .text(text)
        case .integer(let bounds): Int(text).flatMap { bounds.contains($0) ? .integer($0) : nil }
        case .word(let words): words.contains(text) ? .text(text) : nil
        case .boolean:
            switch text {
            case "true": .boolean(true)
            case "false": .boolean(false)
            default: nil
            }
        case .timeZone: SiteTimeZone(text).map { .text($0.name) }
        case .channel: text.isEmpty ? .nothing : PostgresInbox.isChannel(text) ? .text(text) : nil
        }
    }

    /// What exactly is wrong with a text, where the rule can say so without telling a secret.
    func reason(against text: String) -> String? {
        guard case .history = self else { return nil }
        do throws(PostgresAddressError) {
            _ = try PostgresAddress(url: text)
            return nil
        } catch {
            return error.description
        }
    }

    /// What would be right, to follow "must be".
    var demand: String {
        switch self {
        case .broker: BrokerChoice.form
        case .history: PostgresAddress.form
        case .text(let what), .optionalText(let what): what
        case .integer(let bounds): "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)"
        case .word(let words): words.dropLast().joined(separator: ", ") + " or " + (words.last ?? "")
        case .boolean: "true or false"
        case .timeZone: "the name of a time zone, such as Europe/Berlin"
        case .channel:
            "a name of a to z, 0 to 9 and _ that begins with a letter, of 63 characters at most, and not the channel "
                + "on which Doppel itself speaks, \(HistoryFeed.channel)"
        }
    }

    /// What somebody probably meant who wrote something else; `nil` where that cannot be guessed.
    func guess(for text: String) -> String? {
        guard case .timeZone = self, !text.isEmpty else { return nil }
        return NearestWord.to(text, among: SiteTimeZone.names)
    }
}
