public import Logging
import TwinCore
public import TwinRuntime

/// Removes what is older than it is kept for, in small slices between the commits.
///
/// Used on the loop only. Looks once an hour; the work is done on the journal's own queue, a slice of a few
/// milliseconds at a time with a pause behind it, so that no commit waits for more than one slice.
public final class Retention: SupervisedPart, @unchecked Sendable {
    /// How long after the start the first sweep begins, in milliseconds: a start has more urgent things to do.
    public static let firstSweepMilliseconds: Int64 = 60_000
    /// How long after a sweep the next one begins, in milliseconds.
    public static let sweepMilliseconds: Int64 = 3_600_000
    /// How long the writer is left alone between two slices, in milliseconds.
    public static let pauseMilliseconds: Int64 = 20
    private static let millisecondsPerDay: Int64 = 86_400_000

    private let journal: SQLiteJournal
    private let loop: any Loop
    private let rules: RetentionRules
    private let logger: Logger
    private var removed: [RetentionClass: Int] = [:]
    private var positions: [RetentionClass: Int64] = [:]
    private var waiting: ArraySlice<RetentionClass> = []
    private var timer: (any LoopTimer)?
    private var pace = RemovalPace()
    private var lastFailure: String?
    private var clock = ClockTrust()
    /// Why the clock is not believed, by what an earlier run saw.
    private var doubt: String?
    /// Counts starts and stops, so that what was begun in an earlier life has no effect.
    private var life = 0

    /// Makes a part that does nothing before ``start(_:)``.
    public init(of journal: SQLiteJournal, on loop: any Loop, rules: RetentionRules, logger: Logger) {
        self.journal = journal
        self.loop = loop
        self.rules = rules
        self.logger = logger
    }

    /// Begins to work.
    public func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        life += 1
        _ = clock.trusts(loop.moment)
        later(Self.firstSweepMilliseconds) { $0.sweep() }
        tell(.running)
    }

    /// Ends; a slice that is under way is done and counts no more.
    public func stop(_ completion: @escaping @Sendable () -> Void) {
        life += 1
        timer?.cancel()
        timer = nil
        waiting = []
        completion()
    }

    /// How the part fares.
    public func vitals() -> PartVitals {
        let total = removed.values.reduce(0, +)
        let done = doubt.map { "removed \(total) rows; \($0)" } ?? "removed \(total) rows"
        let health = waiting.isEmpty ? done : "removing \(waiting.first?.rawValue ?? "")"
        guard let reason = lastFailure else { return PartVitals(health: health, .ok) }
        return PartVitals(health: health, .degraded(reason))
    }

    /// What was removed since the start of the program, by class.
    public func measurements() -> [Measurement] {
        RetentionClass.allCases.map { kind in
            Measurement(
                "doppel_retention_removed_rows_total", help: "Rows removed because they were old enough, by class.",
                kind: .counter, labels: [("class", kind.rawValue)], value: Double(removed[kind] ?? 0))
        }
    }

    private func sweep() {
        let former = clock.doubt
        guard clock.trusts(loop.moment) else {
            if let reason = clock.doubt, reason != former {
                logger.warning("Retention waits.", metadata: ["reason": "\(reason)"])
            }
            lastFailure = clock.doubt
            journal.noteSweep(at: loop.moment.time) { _ in }
            return later(Self.sweepMilliseconds) { $0.sweep() }
        }
        lastFailure = nil
        let life = life
        journal.noteSweep(at: loop.moment.time) { [weak self] result in
            guard let self, self.life == life else { return }
            switch result {
            case .failure(let failure): self.failed(failure)
            case .success(let doubt): self.begin(doubt)
            }
        }
    }

    /// Begins with the first class, unless the clock is not believed since the sweep before.
    private func begin(_ doubt: String?) {
        self.doubt = doubt
        if let doubt {
            logger.notice("Retention waits.", metadata: ["reason": "\(doubt)"])
            return later(Self.sweepMilliseconds) { $0.sweep() }
        }
        waiting = RetentionClass.allCases.filter { rules.days($0) != nil }[...]
        planNext()
    }

    /// Finds the next rows of the class whose turn it is.
    private func planNext() {
        guard let kind = waiting.first, let days = rules.days(kind) else {
            return later(Self.sweepMilliseconds) { $0.sweep() }
        }
        let cutoff = loop.moment.time.advanced(byMilliseconds: -Int64(days) * Self.millisecondsPerDay)
        let life = life
        journal.plan(
            kind, before: cutoff, after: positions[kind] ?? 0, waitsForFeed: rules.waitsForFeed
        ) { [weak self] result in
            guard let self, self.life == life else { return }
            switch result {
            case .failure(let failure): self.failed(failure)
            case .success(let removal) where removal.isDone:
                self.waiting = self.waiting.dropFirst()
                self.planNext()
            case .success(let removal): self.proceed(removal, of: kind)
            }
        }
    }

    private func proceed(_ removal: Removal, of kind: RetentionClass) {
        let life = life
        journal.proceed(removal, rows: pace.rows) { [weak self] result in
            guard let self, self.life == life else { return }
            switch result {
            case .failure(let failure): self.failed(failure)
            case .success(let step):
                self.pace.note(nanoseconds: step.nanoseconds)
                self.removed[kind, default: 0] += step.removal.removed - removal.removed
                self.later(Self.pauseMilliseconds) { retention in
                    guard step.removal.isDone else { return retention.proceed(step.removal, of: kind) }
                    retention.positions[kind] = step.removal.position
                    retention.planNext()
                }
            }
        }
    }

    private func failed(_ failure: JournalFailure) {
        lastFailure = failure.description
        logger.warning("Old rows stay for another hour.", metadata: ["reason": "\(failure.description)"])
        waiting = []
        later(Self.sweepMilliseconds) { $0.sweep() }
    }

    private func later(_ milliseconds: Int64, _ body: @escaping @Sendable (Retention) -> Void) {
        let life = life
        timer = loop.schedule(afterMilliseconds: milliseconds) { [weak self] in
            guard let self, self.life == life else { return }
            body(self)
        }
    }
}

/// How many rows a slice has, so that it takes about as long as it may.
struct RemovalPace {
    /// Below this a slice may be longer, in nanoseconds.
    static let easyNanoseconds: UInt64 = 1_000_000
    /// Above this it must be shorter, in nanoseconds.
    static let hardNanoseconds: UInt64 = 2_500_000
    static let leastRows = 16
    static let mostRows = 1_024

    private(set) var rows = 64

    /// Takes note of how long a slice took.
    mutating func note(nanoseconds: UInt64) {
        if nanoseconds > Self.hardNanoseconds {
            rows = max(Self.leastRows, rows / 2)
        } else if nanoseconds < Self.easyNanoseconds {
            rows = min(Self.mostRows, rows * 2)
        }
    }
}
