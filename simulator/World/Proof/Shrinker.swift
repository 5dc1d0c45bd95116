/// Finds the shortest schedule that still breaks a promise.
///
/// Source of the method: Zeller, Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE Transactions on
/// Software Engineering 28 (2002). A schedule with entries left out is a schedule, and chance elsewhere in the world does
/// not depend on its entries, so each trial is a run.
public struct Shrinker {
    /// How many worlds are run at most for one failure.
    public static let maximumRuns = 2_000

    /// What was found.
    public struct Finding: Sendable, Equatable {
        /// The shortest schedule found.
        public let schedule: Schedule
        /// What comes of it.
        public let outcome: WorldOutcome
        /// How many worlds were run.
        public let runs: Int
    }

    private enum Entry {
        case fault(PlannedFault)
        case action(PlannedAction)
    }

    private let promise: Promise
    private let options: WorldOptions
    private var best: Schedule
    private var outcome: WorldOutcome
    private var runs = 0

    /// Shrinks a schedule that breaks a promise; `nil` when it breaks none.
    ///
    /// The result breaks the same promise as the first violation does, be it at another output or time.
    public static func shrink(_ schedule: Schedule, options: WorldOptions) -> Finding? {
        var options = options
        options.tell = nil
        let outcome = World.run(schedule, options: options)
        guard let promise = outcome.violations.first?.promise else { return nil }
        var shrinker = Self(promise: promise, options: options, best: schedule, outcome: outcome)
        shrinker.shorten()
        shrinker.dropChunks()
        shrinker.dropOneByOne()
        shrinker.shorten()
        return Finding(schedule: shrinker.best, outcome: shrinker.outcome, runs: shrinker.runs + 1)
    }

    private init(promise: Promise, options: WorldOptions, best: Schedule, outcome: WorldOutcome) {
        self.promise = promise
        self.options = options
        self.best = best
        self.outcome = outcome
    }

    private var entries: [Entry] { best.faults.map(Entry.fault) + best.actions.map(Entry.action) }

    /// Takes over a schedule if it breaks the same promise.
    private mutating func accept(_ schedule: Schedule) -> Bool {
        guard runs < Self.maximumRuns, schedule != best else { return false }
        runs += 1
        let outcome = World.run(schedule, options: options)
        guard outcome.violations.first?.promise == promise else { return false }
        best = schedule
        self.outcome = outcome
        return true
    }

    private mutating func accept(_ entries: [Entry]) -> Bool {
        var schedule = best
        schedule.faults = entries.compactMap { if case .fault(let fault) = $0 { fault } else { nil } }
        schedule.actions = entries.compactMap { if case .action(let action) = $0 { action } else { nil } }
        return accept(schedule)
    }

    /// Leaves out what comes after the violation, and ends the world soon after it.
    private mutating func shorten() {
        guard let end = outcome.violations.first?.atMilliseconds else { return }
        var schedule = best
        schedule.faults.removeAll { $0.atMilliseconds > end }
        schedule.actions.removeAll { $0.atMilliseconds > end }
        _ = accept(schedule)
        schedule = best
        schedule.troubledSeconds = min(schedule.troubledSeconds, end / 1000 + 1)
        schedule.quietSeconds = min(schedule.quietSeconds, max(0, end / 1000 + 1 - schedule.troubledSeconds))
        _ = accept(schedule)
    }

    /// Leaves out half, a quarter, an eighth of the entries and so on, as long as the promise stays broken.
    private mutating func dropChunks() {
        var parts = 2
        while entries.count > 1, parts <= entries.count, runs < Self.maximumRuns {
            let all = entries
            let size = (all.count + parts - 1) / parts
            let wasShortened = stride(from: 0, to: all.count, by: size).contains { start in
                accept(Array(all[..<start] + all[min(start + size, all.count)...]))
            }
            parts = wasShortened ? max(2, parts - 1) : parts * 2
        }
    }

    /// Leaves out single entries until none is left that can be spared.
    private mutating func dropOneByOne() {
        var index = 0
        while index < entries.count, runs < Self.maximumRuns {
            var rest = entries
            rest.remove(at: index)
            index = accept(rest) ? 0 : index + 1
        }
    }
}
