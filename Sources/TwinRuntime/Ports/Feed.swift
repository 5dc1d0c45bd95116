public import TwinCore

/// Where a feed to another store takes journalled rows from.
///
/// Never runs on the loop.
public protocol FeedSource: FeedLineage, Sendable {
    /// What the journal is called, and which one it branched off.
    func origin() async throws -> FeedOrigin
    /// The next rows behind a checkpoint, in order: at most `limit` facts and samples, and as many records, but no more
    /// than ``FeedBatch/maximumRecords``.
    ///
    /// What is told holds no secret: see ``FeedFact/body``.
    func rows(after checkpoint: FeedCheckpoint, limit: Int) async throws -> FeedBatch
    /// How far the journal is ahead of a checkpoint; without one, of what was last noted as fed.
    func backlog(after checkpoint: FeedCheckpoint?) async throws -> FeedBacklog
    /// The sensors that these numbers of the journal's stand for.
    func sensors(_ numbers: [Int64]) async throws -> [StoredSensor]
    /// Samples that were computed again after they were stored, at most `limit`, by sequence number.
    func changedReadings(limit: Int) async throws -> [FeedReading]
    /// The other store holds these as they are given here; one that changed since is given again.
    func forgetChanged(_ readings: [FeedReading]) async throws
    /// Whether the other store holds rows of other journals as well, which this one may lack.
    func noteOthers(_ areThere: Bool) async throws
    /// The other store holds everything up to this checkpoint: retention may remove it here.
    func noteFed(through checkpoint: FeedCheckpoint) async throws
}

/// What a journal is called, and where it comes from.
public struct FeedOrigin: Sendable, Equatable {
    /// The journal's own name, made once with its file: a checkpoint counts for one journal only.
    public var journal: String
    /// The journal that it was a backup of; `nil` for one that began with nothing.
    public var former: String?
    /// Up to where both hold the same; nothing without a former one.
    public var shared: FeedCheckpoint
    /// From when on it can rebuild twins.
    public var pastFrom: UnixTime
    /// What its chain of safety records hangs on.
    public var anchor: SafetyAnchor

    /// Puts an origin together.
    public init(
        journal: String, former: String? = nil, shared: FeedCheckpoint = FeedCheckpoint(),
        pastFrom: UnixTime = UnixTime(milliseconds: 0), anchor: SafetyAnchor = SafetyAnchor()
    ) {
        self.journal = journal
        self.former = former
        self.shared = shared
        self.pastFrom = pastFrom
        self.anchor = anchor
    }
}

/// What the first record of a chain of safety records follows.
public struct SafetyAnchor: Sendable, Equatable {
    /// The sequence number of the last record that retention removed; 0 for none.
    public var sequence: UInt64 = 0
    /// How many records it removed.
    public var number: UInt64 = 0
    /// The hash of that record, or a hash of the journal's first name: 32 bytes.
    public var hash = [UInt8](repeating: 0, count: 32)

    /// Makes one that nothing was removed before.
    public init() {}

    /// Puts an anchor together.
    public init(sequence: UInt64, number: UInt64, hash: [UInt8]) {
        self.sequence = sequence
        self.number = number
        self.hash = hash
    }
}

/// How far a feed has come.
public struct FeedCheckpoint: Sendable, Hashable {
    /// The sequence number of the last fact or sample that was fed; 0 for none.
    public var sequence: UInt64
    /// The number of the last change of a record that was fed; 0 for none.
    public var change: Int64

    /// Puts a checkpoint together.
    public init(sequence: UInt64 = 0, change: Int64 = 0) {
        self.sequence = sequence
        self.change = change
    }
}

/// Journalled rows, in order.
///
/// Facts and samples are told once. Records, which are overwritten in place (commands, twins), are told as they stand
/// now whenever they have changed.
public struct FeedBatch: Sendable {
    /// The most records of one batch; twins are long.
    public static let maximumRecords = 256

    /// Where the next batch begins.
    public var through: FeedCheckpoint
    /// The sensors that the readings name, by number.
    public var sensors: [StoredSensor] = []
    /// Samples.
    public var readings: [FeedReading] = []
    /// Everything else that happened.
    public var facts: [FeedFact] = []
    /// Where the wall clock was set back.
    public var clockTurns: [FeedClockTurn] = []
    /// Commands that changed.
    public var commands: [CommandRecord] = []
    /// Twins that changed, whole.
    public var twins: [FeedTwin] = []
    /// Twins as they stood in the past, from which others are rebuilt.
    public var pastTwins: [FeedPastTwin] = []

    /// Why the next record cannot be read, which all records behind it wait for; `nil` when nothing is wrong.
    public var obstacle: String?

    /// Before this sequence number every fact of a device is in its twin as told so far; 0 where nobody knows.
    public var replayFrom: UInt64 = 0

    /// Begins with nothing.
    public init(through: FeedCheckpoint) { self.through = through }

    /// How many facts and samples there are.
    public var rowCount: Int { readings.count + facts.count }
    /// How many records there are.
    public var recordCount: Int { commands.count + twins.count + pastTwins.count }
    /// Whether there is nothing to feed.
    public var isEmpty: Bool { rowCount == 0 && recordCount == 0 }
}

/// The first fact after the wall clock was set back.
public struct FeedClockTurn: Sendable, Equatable {
    /// Its place in the journal.
    public var sequence: UInt64
    /// When it was received.
    public var time: UnixTime

    /// Puts a turn together.
    public init(sequence: UInt64, time: UnixTime) {
        self.sequence = sequence
        self.time = time
    }
}

/// A twin as it stands.
public struct FeedTwin: Sendable {
    /// The twin.
    public var snapshot: DeviceSnapshot
    /// The last fact in it.
    public var lastSequence: UInt64
    /// The twin as the journal keeps it, JSON without secrets.
    public var body: String

    /// Puts a twin together.
    public init(snapshot: DeviceSnapshot, lastSequence: UInt64, body: String) {
        self.snapshot = snapshot
        self.lastSequence = lastSequence
        self.body = body
    }
}

/// A twin as it stood.
public struct FeedPastTwin: Sendable, Equatable {
    /// Whose.
    public var device: DeviceID
    /// The last fact in it.
    public var lastSequence: UInt64
    /// The first fact of the device that the twin before does not hold; 0 where nobody knows.
    public var firstSequence: UInt64
    /// When the last fact in it was received.
    public var time: UnixTime
    /// The twin as the journal keeps it, JSON without secrets.
    public var body: String

    /// Puts a twin together.
    public init(device: DeviceID, lastSequence: UInt64, firstSequence: UInt64, time: UnixTime, body: String) {
        self.device = device
        self.lastSequence = lastSequence
        self.firstSequence = firstSequence
        self.time = time
        self.body = body
    }
}

/// A sample as the journal stores it.
public struct FeedReading: Sendable, Equatable {
    /// Its place in the journal.
    public var sequence: UInt64
    /// The journal's number of its sensor.
    public var sensor: Int64
    /// When the fact reached the runtime.
    public var moment: Moment
    /// The sample.
    public var sample: Sample
    /// The sample before it was ever computed again; `nil` when it never was.
    public var original: Sample?

    /// Puts a reading together.
    public init(sequence: UInt64, sensor: Int64, moment: Moment, sample: Sample, original: Sample? = nil) {
        self.original = original
        self.sequence = sequence
        self.sensor = sensor
        self.moment = moment
        self.sample = sample
    }
}

/// A fact that is no sample, as the journal stores it.
public struct FeedFact: Sendable {
    /// Its place in the journal.
    public var sequence: UInt64
    /// The fact.
    public var fact: Fact
    /// The fact's event as the journal keeps it, JSON; where a secret was stands what tells it from others.
    public var body: String
    /// The link of the chain that it is, if it is a safety record: 32 bytes, made of the body with its secrets.
    public var safetyHash: [UInt8]?

    /// Puts a fact together.
    public init(sequence: UInt64, fact: Fact, body: String, safetyHash: [UInt8]?) {
        self.sequence = sequence
        self.fact = fact
        self.body = body
        self.safetyHash = safetyHash
    }
}

/// How much a feed has before it.
public struct FeedBacklog: Sendable, Equatable {
    /// How many facts and samples wait, at most; duplicates that were never stored leave gaps in the count.
    public var rows: Int
    /// When the oldest of them reached the runtime; `nil` when none waits.
    public var oldest: UnixTime?

    /// Puts a backlog together.
    public init(rows: Int, oldest: UnixTime?) {
        self.rows = rows
        self.oldest = oldest
    }
}
