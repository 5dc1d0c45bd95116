import Dispatch
import GRDB
import Synchronization
package import TwinCore
public import TwinRuntime

/// Keeps the rollups of a journal current: a round now and then, off the loop.
///
/// A round that fails is repeated with the next one. Until then, questions are answered from finer rollups and from
/// samples: right as ever, and slower.
public final class RollupRounds: SupervisedPart {
    /// How long after one round the next one begins, in milliseconds.
    public static let intervalMilliseconds: Int64 = 10_000

    private struct State {
        /// Counts starts and stops, so that what was begun in an earlier life has no effect.
        var life = 0
        var timer: (any LoopTimer)?
        var failure: String?
        var longestSliceNanoseconds: UInt64 = 0
    }

    private let journal: SQLiteJournal
    private let loop: any Loop
    private let state = Mutex(State())

    /// Makes a part that does nothing before ``start(_:)``.
    public init(of journal: SQLiteJournal, on loop: any Loop) {
        self.journal = journal
        self.loop = loop
    }

    /// Begins the first round.
    public func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        let life = state.withLock {
            $0.life += 1
            return $0.life
        }
        begin(life)
        tell(.running)
    }

    /// Ends the round that is under way between two of its slices.
    public func stop(_ completion: @escaping @Sendable () -> Void) {
        state.withLock {
            $0.life += 1
            $0.timer?.cancel()
            $0.timer = nil
        }
        journal.rollupQueue.async { [loop] in loop.post(completion) }
    }

    /// Whether the last round went well.
    public func vitals() -> PartVitals {
        guard let failure = state.withLock({ $0.failure }) else { return PartVitals(health: "keeps rollups", .ok) }
        let effect = "rollups are behind, and questions about long spans are answered slowly: \(failure)"
        return PartVitals(health: "repeats its last round", .degraded(effect))
    }

    /// How long commits had to wait for rollups.
    public func measurements() -> [Measurement] {
        let longest = state.withLock { $0.longestSliceNanoseconds }
        return [
            Measurement(
                "doppel_rollup_slice_longest_milliseconds",
                help: "The longest that rollups kept the journal from storing, since the start.", kind: .gauge,
                value: Double(longest) / 1e6)
        ]
    }

    private func begin(_ life: Int) {
        let now = loop.moment.time
        journal.rollupQueue.async { [self] in
            let isWanted: @Sendable () -> Bool = { [self] in state.withLock { $0.life == life } }
            guard isWanted() else { return }
            let outcome = Result {
                try journal.roll(at: now, while: isWanted) { [self] nanoseconds in
                    state.withLock { $0.longestSliceNanoseconds = max($0.longestSliceNanoseconds, nanoseconds) }
                }
            }
            loop.post { [self] in ended(life, outcome) }
        }
    }

    private func ended(_ life: Int, _ outcome: Result<RollupReceipt, any Error>) {
        guard state.withLock({ $0.life == life }) else { return }
        let timer = loop.schedule(afterMilliseconds: Self.intervalMilliseconds) { [self] in begin(life) }
        state.withLock {
            $0.timer = timer
            $0.failure = if case .failure(let error) = outcome { "\(error)" } else { nil }
        }
    }
}

extension SQLiteJournal {
    /// Brings the rollups to what is stored; not on the loop, and one round at a time.
    ///
    /// - Parameters:
    ///   - now: The time, which says what is over.
    ///   - isWanted: Asked before each slice; a round that is not wanted any more ends there.
    ///   - note: Told how long each slice kept the journal from storing, in nanoseconds.
    /// - Throws: ``JournalFailure``; what was done until then stays done.
    package func roll(
        at now: UnixTime, while isWanted: @escaping () -> Bool = { true },
        _ note: @escaping (_ nanoseconds: UInt64) -> Void = { _ in }
    ) throws -> RollupReceipt {
        do {
            let round = RollupRound(
                pool: pool, calendar: calendar, now: now, uptimeNanoseconds: { [loop] in loop.uptimeNanoseconds }
            ) { [self] slice in
                guard isWanted() else { throw CancellationError() }
                // In the order of asking, so a commit that comes meanwhile waits for one slice at most.
                try queue.sync {
                    let begun = loop.uptimeNanoseconds
                    try write(slice)
                    note(loop.uptimeNanoseconds - begun)
                }
            }
            let receipt = try round.run()
            forgetYoung(through: try pool.read { try Schema.mark(Schema.Mark.rolledThrough, $0) })
            return receipt
        } catch {
            throw JournalFailure(error, while: "make rollups in", path)
        }
    }
}
