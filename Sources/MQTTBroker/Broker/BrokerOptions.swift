public import TwinRuntime

/// Everything the three connections to a broker are made of.
public struct BrokerOptions: Sendable {
    /// The window of the ingest connection unless somebody says otherwise, in messages.
    public static let defaultReceiveMaximum: UInt16 = 4000

    /// What the connections' client ids begin with: `doppel` makes `doppel-ingest`, `doppel-answers` and
    /// `doppel-control`.
    ///
    /// The sessions belong to the ids, so it must stay the same, and no two runtimes may share it.
    public var clientPrefix = "doppel"
    /// Where the broker is and how to log in.
    public var address: BrokerAddress
    /// Encryption; `nil` for none.
    public var security: LinkSecurity?
    /// How often each side must be heard, in seconds: 0 for never, otherwise 5 … 65535.
    ///
    /// A commit may last half of it.
    public var keepAliveSeconds: UInt16 = 60
    /// What the ingest connection receives; what the answers connection brings too, it hands over only as long as that
    /// one may lack it.
    ///
    /// With everything under `kaiser/`, that includes what the runtime itself sends there.
    public var ingestFilters = ["kaiser/#"]
    /// Where only servers speak to devices: the control connection hears what others say there.
    public var orderFilters = [
        "kaiser/+/esp/+/actuator/+/command", "kaiser/+/esp/+/actuator/+/set", "kaiser/+/esp/+/actuator/emergency",
        "kaiser/+/esp/+/system/command", "kaiser/+/esp/+/sensor/+/command", "kaiser/+/esp/+/config",
        "kaiser/+/esp/+/zone/assign", "kaiser/+/esp/+/subzone/assign", "kaiser/+/esp/+/subzone/remove",
        "kaiser/+/esp/+/subzone/safe", "kaiser/+/esp/+/mqtt/auth_update", "kaiser/broadcast/#",
    ]
    /// Where runtimes claim the site: the control connection hears all of them, its own included.
    public var claimFilter = "kaiser/god/server/claim"
    /// How long the broker keeps messages for a runtime that is away, in seconds; a week.
    public var sessionExpirySeconds: UInt32 = 7 * 24 * 3600
    /// How many unacknowledged messages the broker sends at most on each gated connection: the back-pressure.
    ///
    /// Measured with mosquitto 2.0.11, whatever its settings: it keeps to the window until the first acknowledgement,
    /// and then lets each acknowledgement in order release up to a whole window of waiting messages. What comes faster
    /// than it is read stays in the socket; the bounds of a turn (``MosquittoLink/maximumMessagesPerTurn``,
    /// ``MosquittoLink/maximumBytesPerTurn``) hold all the same.
    public var receiveMaximum = Self.defaultReceiveMaximum
    /// How many publications may wait for the broker's acknowledgement.
    public var maximumOutbound = 16_384
    /// When to try again.
    public var reconnecting = ReconnectPolicy.Limits()

    /// Starts with an address and defaults for the rest; TLS with the system's authorities if the address asks for it.
    public init(address: BrokerAddress) {
        self.address = address
        security = address.isSecured ? LinkSecurity() : nil
    }

    /// Starts with an address in a URL: `mqtt://user:password@host:port`, or `mqtts://`.
    ///
    /// - Throws: ``BrokerAddressError``, which names the part that is wrong.
    public init(url: String) throws(BrokerAddressError) { self.init(address: try BrokerAddress(url: url)) }

    /// The gated connection for everything: readings, and what nobody knows.
    var ingest: LinkOptions { gated("ingest", filters: ingestFilters) }

    /// The gated connection for what must not wait behind readings.
    var answers: LinkOptions { gated("answers", filters: AnswerTopics.filters) }

    /// A gated connection: the same session for ever, and the broker keeps what is not acknowledged.
    private func gated(_ role: String, filters: [String]) -> LinkOptions {
        var options = link(role)
        options.isCleanStart = false
        options.sessionExpirySeconds = sessionExpirySeconds
        options.receiveMaximum = receiveMaximum
        options.acknowledgement = .gated
        // Retained messages come once; a session that was kept has seen them, or has them waiting.
        options.subscriptions = filters.map { Subscription($0, qos: 1, retained: .whenNew) }
        return options
    }

    /// The sending connection: a new session each time, so the broker forgets half-sent commands with it.
    var control: LinkOptions {
        var options = link("control")
        options.maximumOutbound = maximumOutbound
        // Retained messages come with each connection, and what is left there meanwhile keeps its mark. Optional: a
        // stop must be able to leave even where the broker lets nobody listen.
        options.subscriptions = (orderFilters + [claimFilter]).map { filter in
            var subscription = Subscription(filter, qos: 1)
            subscription.isRetainMarked = true
            subscription.isWithoutOwn = filter != claimFilter
            subscription.isOptional = true
            return subscription
        }
        return options
    }

    private func link(_ role: String) -> LinkOptions {
        var options = LinkOptions(host: address.host, port: address.port, clientID: "\(clientPrefix)-\(role)")
        options.username = address.username
        options.password = address.password
        options.keepAliveSeconds = keepAliveSeconds
        options.security = security
        return options
    }
}

extension BrokerOptions: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The address and the client ids' prefix; no password.
    public var description: String { "\(clientPrefix) at \(address)" }
    /// The same as ``description``: a dump must not show the password either.
    public var debugDescription: String { description }
    /// No children: a dump must not show the password either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
