/// The MQTT broker, as the runtime sees it.
///
/// All calls and events happen on the loop. *Ingest* receives everything devices say, by one connection or by several
/// that count as one; its acknowledgements are gated: after handing over a batch a connection reads nothing more, and
/// acknowledges nothing, until ``acknowledge()``. *Control* sends; it is never gated, so a stop never queues behind
/// telemetry.
public protocol Broker: AnyObject, Sendable {
    /// Connects, and keeps reconnecting until ``stop(_:)``.
    func start(_ events: any BrokerEvents)

    /// Says that everything handed over so far is durable: sends its acknowledgements and reads on.
    func acknowledge()

    /// Has telemetry stay at the broker, which keeps it for us, or lets it in again; before the start, too.
    ///
    /// What devices answer, show and complain of comes as ever, and what is sent leaves as ever. Nothing that waits is
    /// lost, and what was handed over and not acknowledged comes again. Meanwhile *ingest* is up when all else comes.
    func holdTelemetry(_ isHeld: Bool)

    /// Sends one message on the control connection.
    ///
    /// - Returns: Whether the connection took it; `false` when it is down or its queue is full. The outcome of a
    ///   message it took arrives as ``BrokerEvents/publicationAcknowledged(_:)``.
    func publish(_ publication: Publication) -> Bool

    /// Says goodbye on both connections, leaving `offline` behind, and calls back when both are closed.
    func stop(_ completion: @escaping @Sendable () -> Void)
}

/// What a broker tells the runtime, on the loop.
public protocol BrokerEvents: AnyObject, Sendable {
    /// A batch was read from the ingest connection; nothing more comes until ``Broker/acknowledge()``.
    func received(_ batch: InboundBatch)
    /// The broker confirmed a publication (PUBACK or PUBCOMP).
    func publicationAcknowledged(_ token: UInt64)
    /// A publication was taken and is given up: it expired before it was sent or confirmed, what de-energises overtook
    /// it, or it still waited when the connection was lost.
    ///
    /// Nothing of it leaves from now on. One that was on its way may have arrived, in time.
    func publicationDropped(_ token: UInt64)
    /// What others said where only servers speak, heard on the control connection; nothing is to be acknowledged.
    ///
    /// The ingest connection brings it too, sooner or later, but without the mark of being retained unless it came
    /// from the broker's store.
    func heard(_ orders: InboundBatch)
    /// A connection came up or went down.
    func connection(_ connection: BrokerConnection, changedTo state: BrokerConnectionState)
}

extension BrokerEvents {
    /// Does nothing: whoever sent it sees no acknowledgement.
    public func publicationDropped(_ token: UInt64) {}
    /// Does nothing.
    public func heard(_ orders: InboundBatch) {}
}

/// The two connections.
public enum BrokerConnection: String, Sendable, CaseIterable {
    case ingest, control
}

/// How a connection stands.
public enum BrokerConnectionState: Sendable, Equatable {
    /// Up. `wasResumed` says whether the broker had kept the session.
    case connected(wasResumed: Bool)
    /// Down, with the reason and when the next attempt comes, in milliseconds.
    case disconnected(String, retryMilliseconds: Int64)
}

/// One message to send.
public struct Publication: Sendable, Equatable {
    /// What the runtime calls it; comes back with the acknowledgement.
    public let token: UInt64
    /// Where it goes.
    public let topic: String
    /// What it says.
    public let payload: [UInt8]
    /// 0, 1 or 2.
    public let qos: UInt8
    /// Whether the broker keeps it for later subscribers.
    public let isRetained: Bool
    /// After how many seconds the broker drops it undelivered; `nil` for never.
    public let expirySeconds: UInt32?
    /// Whether it takes energy out: it goes first, has room of its own, and outlives a lost connection.
    public let deenergises: Bool

    /// Puts a publication together; what de-energises never expires.
    public init(
        token: UInt64, topic: String, payload: [UInt8], qos: UInt8, isRetained: Bool = false,
        expirySeconds: UInt32? = nil, deenergises: Bool = false
    ) {
        self.deenergises = deenergises
        self.token = token
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.isRetained = isRetained
        self.expirySeconds = deenergises ? nil : expirySeconds
    }
}

/// Messages read in one go: one buffer of bytes, and where in it each topic and payload lies.
public struct InboundBatch: Sendable {
    /// Where one message lies in ``bytes``.
    public struct Entry: Sendable {
        /// The topic's bytes.
        public let topic: Range<Int>
        /// The payload's bytes.
        public let payload: Range<Int>
        /// Whether the broker kept the message from an earlier time.
        public let isRetained: Bool
        /// How the broker delivers it: 0, where nobody was promised that it arrives, 1 or 2.
        public let qos: UInt8
    }

    /// All topics and payloads, back to back.
    public private(set) var bytes: [UInt8] = []
    /// The messages, in the order of their arrival.
    public private(set) var entries: [Entry] = []

    /// Makes an empty batch.
    public init() {}

    /// Whether there is no message in it.
    public var isEmpty: Bool { entries.isEmpty }

    /// Adds one message by copying its bytes.
    public mutating func append(
        topic: some Sequence<UInt8>, payload: some Sequence<UInt8>, isRetained: Bool, qos: UInt8
    ) {
        let start = bytes.count
        bytes.append(contentsOf: topic)
        let middle = bytes.count
        bytes.append(contentsOf: payload)
        entries.append(
            Entry(topic: start..<middle, payload: middle..<bytes.count, isRetained: isRetained, qos: qos))
    }

    /// Makes room for about so much.
    public mutating func reserve(messages: Int, bytes count: Int) {
        entries.reserveCapacity(messages)
        bytes.reserveCapacity(count)
    }
}
