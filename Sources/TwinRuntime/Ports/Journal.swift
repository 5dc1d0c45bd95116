public import TwinCore

/// The store that makes facts durable.
///
/// One commit per turn. Calls come from the loop; the work is done elsewhere; completions come back on the loop. At most one commit is
/// under way at a time: the runtime waits for the completion before it commits again.
public protocol Journal: AnyObject, Sendable {
    /// Reads what is needed to rebuild every twin. Called once, before the loop takes traffic.
    ///
    /// - Throws: ``JournalFailure`` when the store cannot be read.
    func recover() throws -> Recovery

    /// Makes a batch durable, whole or not at all.
    ///
    /// Rows that were committed before (a redelivered sample) change nothing and are counted in the receipt.
    func commit(_ batch: Batch, _ completion: @escaping @Sendable (Result<CommitReceipt, JournalFailure>) -> Void)

    /// Computes stored samples of one sensor again, a bounded number between two commits.
    ///
    /// Samples that change are stored in place of the old ones; raw values and times never change. Cut off by a crash,
    /// it leaves some samples computed and the others as they were; asked again, it does the rest.
    func recompute(
        _ query: RecomputationQuery, _ compute: @escaping @Sendable (Sample) -> Sample,
        _ completion: @escaping @Sendable (Result<RecomputationReceipt, JournalFailure>) -> Void)

    /// Ends the writer after the commit that is under way, and calls back.
    func close(_ completion: @escaping @Sendable () -> Void)
}

/// What is made durable by one commit.
public struct Batch: Sendable {
    /// The sequence number of the first fact; the others follow without a gap.
    public var firstSequence: UInt64
    /// What happened, in order.
    public var facts: [Fact]
    /// Messages that were refused.
    public var deadLetters: [DeadLetter]
    /// The current record of every command that a fact of this batch concerns.
    public var commands: [CommandRecord]
    /// Whole twins, as they stand after this batch.
    public var snapshots: [DeviceSnapshot]
    /// Whether a stop is latched by it, or behind it: a store may then use room that it keeps for that.
    public var holdsStop = false

    /// Makes an empty batch.
    public init(firstSequence: UInt64) {
        self.firstSequence = firstSequence
        facts = []
        deadLetters = []
        commands = []
        snapshots = []
    }

    /// Whether there is nothing to make durable.
    public var isEmpty: Bool { facts.isEmpty && deadLetters.isEmpty && commands.isEmpty && snapshots.isEmpty }
    /// The sequence number of the last fact, or of the last one before this batch.
    public var lastSequence: UInt64 { firstSequence + UInt64(facts.count) - 1 }
}

/// What a commit did.
public struct CommitReceipt: Sendable, Equatable {
    /// Samples that were stored.
    public var storedSamples: Int
    /// Samples that had been stored before.
    public var duplicateSamples: Int

    /// Puts a receipt together.
    public init(storedSamples: Int, duplicateSamples: Int) {
        self.storedSamples = storedSamples
        self.duplicateSamples = duplicateSamples
    }
}

/// Which stored samples are computed again.
public struct RecomputationQuery: Sendable {
    /// The most samples one query covers.
    public static let maximumSamples = 1_000_000

    /// The device.
    public var device: DeviceID
    /// The sensor.
    public var sensor: SensorKey
    /// The earliest event time, inclusive.
    public var from: UnixTime
    /// The event time up to which, exclusive.
    public var to: UnixTime
    /// The last sequence number that a snapshot of the device covers: what is younger may still be replayed as it was.
    public var through: UInt64

    /// Puts a query together.
    public init(device: DeviceID, sensor: SensorKey, from: UnixTime, to: UnixTime, through: UInt64) {
        self.through = through
        self.device = device
        self.sensor = sensor
        self.from = from
        self.to = to
    }
}

/// What computing again did.
public struct RecomputationReceipt: Sendable, Equatable {
    /// Samples that were looked at.
    public var examined: Int
    /// Samples that changed.
    public var changed: Int

    /// Puts a receipt together.
    public init(examined: Int, changed: Int) {
        self.examined = examined
        self.changed = changed
    }
}

/// Why the journal could not do its work.
public struct JournalFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong and what would help, for a person to read.
    public let description: String

    /// Wraps a description.
    public init(_ description: String) { self.description = description }
}

/// What is needed to rebuild every twin.
public struct Recovery: Sendable {
    /// The latest snapshot of each device, with the sequence of the last fact in it.
    public var snapshots: [(snapshot: DeviceSnapshot, lastSequence: UInt64)]
    /// Every site fact, and every device fact after its device's snapshot, in order, each with its sequence number.
    public var facts: [(sequence: UInt64, fact: Fact)]
    /// The sequence number of the last fact; 0 for an empty journal.
    public var lastSequence: UInt64
    /// The digests of the newest samples, oldest first, at most ``recentDigestLimit``: what the broker may redeliver.
    public var recentDigests: [UInt64]

    /// How many digests are kept: several times the broker's window.
    public static let recentDigestLimit = 16_384

    /// Puts a recovery together.
    public init(
        snapshots: [(snapshot: DeviceSnapshot, lastSequence: UInt64)], facts: [(sequence: UInt64, fact: Fact)],
        lastSequence: UInt64, recentDigests: [UInt64]
    ) {
        self.recentDigests = recentDigests
        self.snapshots = snapshots
        self.facts = facts
        self.lastSequence = lastSequence
    }
}

/// A message that was refused, kept for a person to look at.
public struct DeadLetter: Sendable, Equatable {
    /// The most bytes of a payload that are kept.
    public static let maximumBytes = 4096
    /// The most characters of a topic that are kept.
    public static let maximumTopicLength = 512

    /// Why it was refused.
    public let refusal: Refusal
    /// Its topic, as far as it is text.
    public let topic: String
    /// The first bytes of its payload.
    public let payload: [UInt8]
    /// How long the payload was, in bytes.
    public let payloadLength: Int
    /// When it reached the runtime.
    public let receiptTime: UnixTime

    /// Puts a dead letter together, cutting the payload.
    public init(refusal: Refusal, topic: String, payload: [UInt8], payloadLength: Int, receiptTime: UnixTime) {
        self.refusal = refusal
        self.topic = String(topic.prefix(Self.maximumTopicLength))
        self.payload = Array(payload.prefix(Self.maximumBytes))
        self.payloadLength = payloadLength
        self.receiptTime = receiptTime
    }
}

/// Dead letters and their counts.
public struct DeadLetterReport: Sendable {
    /// How many messages were refused so far, by reason; includes those that are no longer kept.
    public var counts: [(reason: Refusal.Reason, count: Int)]
    /// The newest ones.
    public var items: [DeadLetter]

    /// Puts a report together.
    public init(counts: [(reason: Refusal.Reason, count: Int)], items: [DeadLetter]) {
        self.counts = counts
        self.items = items
    }
}
