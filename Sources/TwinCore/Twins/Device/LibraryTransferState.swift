/// The library a device takes in; changed by ``LibraryTransferState/apply(_:at:)`` alone.
///
/// One transfer at a time, one chunk at a time. What the device acknowledged stays acknowledged until the transfer is
/// over, so a device that was away, or a runtime that was restarted, goes on where it was.
public struct LibraryTransferState: Sendable, Equatable, Codable {
    /// How long a device may take to make room after the announcement, in milliseconds.
    public static let readyMilliseconds: Int64 = 60_000
    /// How long a device may take to acknowledge a chunk, in milliseconds.
    public static let chunkMilliseconds: Int64 = 30_000
    /// How long a device may take to check and install what it received, in milliseconds.
    public static let checkMilliseconds: Int64 = 60_000
    /// After how many milliseconds without a word of the device about it a transfer is given up.
    public static let silenceMilliseconds: Int64 = 600_000
    /// How often a chunk, or the word that all was sent, is sent again.
    public static let maximumRetries = 3
    /// How often a device that checked everything may find chunks lacking.
    public static let maximumRounds = 3
    /// How often a transfer sends as many chunks as the library has: each one with its repetitions, in every round.
    ///
    /// Only a device that keeps asking for what it acknowledged gets there.
    public static let maximumSendsPerChunk = (1 + maximumRetries) * (1 + maximumRounds)

    /// Where a transfer stands.
    public enum Phase: Sendable, Equatable, Codable {
        /// Announced; the device makes room. Next: announced, sending, completing, failed.
        case announced
        /// A chunk is under way, sent so often, last at that moment. Next: sending, announced, completing, failed.
        case sending(chunk: Int, attempt: Int)
        /// Everything was sent; the device checks it. Next: done, sending, announced, failed.
        case completing
        /// The device has it, or there was no transfer yet. Next: announced.
        case done
        /// It is over without success, and why. Next: announced.
        case failed(String)
    }

    /// What was announced; `nil` before the first transfer.
    public internal(set) var plan: LibraryTransfer.Plan?
    /// Where it stands.
    public internal(set) var phase = Phase.done
    /// When the device was last told something that it has not answered.
    public internal(set) var since: Moment?
    /// When the device last said something that brought the transfer on.
    public internal(set) var lastWordAt: Moment?
    /// The first chunk that was never acknowledged; as many as there are chunks when each one was.
    public internal(set) var nextChunk = 0
    /// Chunks before that one which the device asked for again and has not acknowledged since, ascending.
    public internal(set) var missing: [Int] = []
    /// How often the device checked everything and found chunks lacking.
    public internal(set) var rounds = 0
    /// How often in a row the device was told that everything was sent.
    public internal(set) var completions = 0
    /// How many chunks were sent, repetitions included.
    public internal(set) var sends = 0
    /// Why the latest request was refused; `nil` once one was granted.
    public internal(set) var refusal: String?
    /// The library that the device last said it uses.
    public internal(set) var installed: String?

    /// Makes a state without a transfer.
    public init() {}

    /// Whether a transfer is under way.
    public var isUnderWay: Bool {
        switch phase {
        case .announced, .sending, .completing: true
        case .done, .failed: false
        }
    }

    /// How many chunks the device has, as far as it acknowledged them.
    public var acknowledgedCount: Int { nextChunk - missing.count }

    /// The chunk to send next: what the device lacks, then what it never had; `nil` when it has all.
    var chunkToSend: Int? { missing.first ?? (nextChunk < (plan?.chunkCount ?? 0) ? nextChunk : nil) }

    /// The plan that is under way and bears an id; a device that names none speaks of the one under way.
    func planUnderWay(_ id: String?) -> LibraryTransfer.Plan? {
        guard isUnderWay, let plan, id == nil || id == plan.id.description else { return nil }
        return plan
    }
}
