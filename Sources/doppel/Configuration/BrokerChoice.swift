import MQTTBroker

/// Which MQTT broker Doppel talks to.
enum BrokerChoice: Sendable, Equatable {
    /// A `mosquitto` of Doppel's own, on loopback.
    case embedded
    /// One that somebody else runs.
    case external(BrokerAddress)

    /// What a person would have to write.
    static let form = "'embedded' or mqtt://[user[:password]@]host[:port] (mqtts:// for TLS)"

    /// Reads `embedded` or an address; `nil` for anything else.
    init?(_ text: String) {
        if text == "embedded" {
            self = .embedded
        } else if let address = try? BrokerAddress(url: text) {
            self = .external(address)
        } else {
            return nil
        }
    }

    /// The text form without the password.
    var redacted: String {
        switch self {
        case .embedded: "embedded"
        case .external(let address): address.description
        }
    }
}
