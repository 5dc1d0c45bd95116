/// Everything a connection to a broker is made of.
public struct LinkOptions: Sendable {
    /// The protocol spoken.
    public enum ProtocolVersion: Sendable, Equatable {
        /// MQTT 3.1.1, which the devices' firmware speaks: no expiry, no receive maximum, no session expiry.
        case v311
        /// MQTT 5.
        case v5
    }

    /// When received messages are acknowledged to the broker.
    public enum Acknowledgement: Sendable, Equatable {
        /// As soon as they were delivered.
        case automatic
        /// When ``MosquittoLink/acknowledge()`` is called; until then nothing more is read. Such a link does not
        /// publish: a publication would wait behind the acknowledgements.
        case gated
    }

    /// The broker's name or address.
    public var host: String
    /// The broker's port, 1 … 65535.
    public var port: UInt16
    /// How the broker knows this client; two clients of one name throw each other out.
    public var clientID: String
    /// Who logs in; `nil` for anonymous.
    public var username: String?
    /// With what password; never printed.
    public var password: String?
    /// How often each side must be heard, in seconds: 0 for never, otherwise 5 … 65535.
    public var keepAliveSeconds: UInt16 = 60
    /// The protocol spoken.
    public var version = ProtocolVersion.v5
    /// Whether the broker forgets what it kept for this client.
    public var isCleanStart = true
    /// How long the broker keeps the session without a connection, in seconds; MQTT 5 only.
    ///
    /// With 0 the session ends with its connection and nothing is redelivered.
    public var sessionExpirySeconds: UInt32 = 0
    /// The window: how many unacknowledged messages the broker sends at most; MQTT 5 only.
    public var receiveMaximum: UInt16 = 1000
    /// The largest packet the broker may send, in bytes; MQTT 5 only.
    public var maximumPacketBytes: UInt32 = 1 << 20
    /// What the broker publishes when this client goes without saying goodbye.
    ///
    /// Made anew for each connection.
    public var will: (@Sendable () -> LinkWill)?
    /// Encryption; `nil` for none.
    public var security: LinkSecurity?
    /// How many publications may wait for the broker's acknowledgement, sent or not.
    public var maximumOutbound = 4096
    /// How many more may wait that de-energise.
    ///
    /// Room for a stop and an OFF of each output for some ten thousand devices.
    public var reservedOutbound = 40_000
    /// How many of them are sent before the first is acknowledged; the broker may ask for less.
    ///
    /// The library's default of 20 would pace an emergency stop by round trips. But it looks at each of them for every
    /// publication and every acknowledgement, so the number should not be large either.
    public var sendMaximum: UInt16 = 1000
    /// Whether small packets leave at once instead of waiting for more.
    public var isUndelayed = true
    /// What is subscribed after each connect.
    public var subscriptions: [Subscription] = []
    /// When received messages are acknowledged.
    public var acknowledgement = Acknowledgement.automatic
    /// How long the broker may take from the connection to its answer, in milliseconds.
    public var handshakeMilliseconds: Int64 = 10_000

    /// Starts with an address, a name, and defaults for the rest.
    public init(host: String, port: UInt16, clientID: String) {
        self.host = host
        self.port = port
        self.clientID = clientID
    }
}

extension LinkOptions: CustomStringConvertible {
    /// The address and the client's name; neither user nor password.
    public var description: String { "\(clientID) at \(host):\(port)" }
}

extension LinkOptions: CustomDebugStringConvertible, CustomReflectable {
    /// The same as ``description``: a dump must not show the password either.
    public var debugDescription: String { description }
    /// No children: a dump must not show the password either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// What a broker publishes in a client's name when that client goes without saying goodbye.
public struct LinkWill: Sendable, Equatable {
    /// Where it goes.
    public var topic: String
    /// What it says.
    public var payload: [UInt8]
    /// 0, 1 or 2.
    public var qos: UInt8
    /// Whether the broker keeps it for later subscribers.
    public var isRetained: Bool

    /// Puts a will together.
    public init(topic: String, payload: [UInt8], qos: UInt8, isRetained: Bool) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.isRetained = isRetained
    }
}

/// How a connection is encrypted and whom it trusts.
public struct LinkSecurity: Sendable, Equatable {
    /// The file with the certificates trusted to sign the broker's; `nil` for those of the operating system.
    public var authorityFile: String?
    /// The file with this client's certificate; `nil` for none.
    public var certificateFile: String?
    /// The file with the key of this client's certificate; `nil` for none.
    public var keyFile: String?
    /// Whether any certificate of the broker is accepted, whoever signed it and whatever name it bears.
    ///
    /// Encrypts against onlookers, not against impostors; only ever by an explicit setting.
    public var isInsecure: Bool

    /// Puts the settings together; without arguments, trusts what the operating system trusts.
    public init(
        authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil, isInsecure: Bool = false
    ) {
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.isInsecure = isInsecure
    }
}

/// What a client wants to receive.
public struct Subscription: Sendable, Equatable {
    /// Which retained messages come with a subscription; MQTT 5 only, 3.1.1 always sends them.
    public enum Retained: Sendable, Equatable {
        /// All, at each subscribing.
        case always
        /// All, but only if the session did not have this subscription yet.
        case whenNew
        /// None.
        case never
    }

    /// Whether live messages keep the mark of being retained, too; MQTT 5 only.
    ///
    /// Otherwise only those are marked that came from the broker's store.
    public var isRetainMarked = false
    /// Whether messages that this very client published are left out; MQTT 5 only.
    public var isWithoutOwn = false
    /// Whether a broker that refuses it keeps the connection.
    public var isOptional = false
    /// The topic filter.
    public var filter: String
    /// The highest quality of service wanted: 0, 1 or 2.
    public var qos: UInt8
    /// Which retained messages are wanted.
    public var retained: Retained

    /// Puts a subscription together.
    public init(_ filter: String, qos: UInt8, retained: Retained = .always) {
        self.filter = filter
        self.qos = qos
        self.retained = retained
    }
}
