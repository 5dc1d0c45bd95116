public import Logging
import Synchronization
import TwinCore

/// Keeps what waits for another store within its budget: looks every few seconds, and has readings held at the broker
/// or the oldest removed.
///
/// Used on the loop only, but for ``measurements()``.
public final class HistoryBudgetPart: SupervisedPart {
    /// From the end of one look to the next, in milliseconds.
    public static let pauseMilliseconds: Int64 = 5_000
    /// How long the start waits for the first look, in milliseconds: readings come only after it, stops are not kept.
    public static let firstLookMilliseconds: Int64 = 2_000
    /// The most rows that are removed between two looks.
    static let maximumDrop = 250_000

    private struct State {
        var budget: HistoryBudget
        var failure: String?
        /// Whether the last removal could not remove what it should have.
        var isStuck = false
        /// Counts starts and stops, so that what was begun in an earlier life has no effect.
        var life = 0
        var timer: (any LoopTimer)?
        var onRunning: (@Sendable () -> Void)?
    }

    private let loop: any Loop
    private let queue: any FeedQueue
    private let advice: String
    private let hold: @Sendable (String?) -> Void
    private let logger: Logger
    private let state: Mutex<State>

    /// Makes a part that does nothing yet.
    ///
    /// - Parameters:
    ///   - advice: What an operator can do when the budget is passed.
    ///   - hold: Has readings held at the broker, with the reason, or lets them in.
    public init(
        _ budget: HistoryBudget, on loop: any Loop, queue: any FeedQueue, advice: String, logger: Logger,
        hold: @escaping @Sendable (String?) -> Void
    ) {
        self.loop = loop
        self.queue = queue
        self.advice = advice
        self.logger = logger
        self.hold = hold
        state = Mutex(State(budget: budget))
    }

    /// Looks once before it says that it runs, so that a start does not take in what there is no room for.
    public func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        let life = state.withLock { state in
            state.life += 1
            state.onRunning = { tell(.running) }
            return state.life
        }
        _ = loop.schedule(afterMilliseconds: Self.firstLookMilliseconds) { self.runs(life) }
        look(life)
    }

    /// Looks no more; what is held stays held, because the next start would hold it again.
    public func stop(_ completion: @escaping @Sendable () -> Void) {
        state.withLock { state in
            state.life += 1
            state.onRunning = nil
            state.timer?.cancel()
            state.timer = nil
        }
        completion()
    }

    private func runs(_ life: Int) {
        let tell = state.withLock { $0.life == life ? $0.onRunning.take() : nil }
        tell?()
    }

    private func look(_ life: Int) {
        guard state.withLock({ $0.life == life }) else { return }
        queue.measureWaiting { [weak self] result in self?.looked(result, life) }
    }

    private func looked(_ result: Result<WaitingRows, JournalFailure>, _ life: Int) {
        guard state.withLock({ $0.life == life }) else { return }
        switch result {
        case .success(let waiting):
            let (budget, step) = state.withLock { state in
                let step = state.budget.measured(waiting)
                state.failure = nil
                return (state.budget, step)
            }
            tell(step, budget)
            hold(budget.holds ? reason(budget) : nil)
            runs(life)
            guard budget.excessRows > 0 else { break }
            let count = min(budget.excessRows, Self.maximumDrop)
            return queue.dropOldestWaiting(count) { [weak self] in self?.dropped($0, of: count, life) }
        case .failure(let failure):
            // What holds, holds on: nobody knows of any room.
            noteFailure(failure)
            runs(life)
        }
        lookLater(life)
    }

    private func dropped(_ result: Result<Int, JournalFailure>, of count: Int, _ life: Int) {
        switch result {
        case .success(let dropped): state.withLock { $0.isStuck = dropped < count }
        case .failure(let failure): noteFailure(failure)
        }
        lookLater(life)
    }

    private func lookLater(_ life: Int) {
        guard state.withLock({ $0.life == life }) else { return }
        let timer = loop.schedule(afterMilliseconds: Self.pauseMilliseconds) { [weak self] in self?.look(life) }
        state.withLock { $0.timer = timer }
    }
}

// What it says.
extension HistoryBudgetPart {
    private func tell(_ step: HistoryBudget.Step, _ budget: HistoryBudget) {
        switch step {
        case .nothing: break
        case .began where budget.choice == .hold:
            logger.warning(
                "Readings are held at the broker until the history that waits has room; commands and stops go on.",
                metadata: ["waiting": "\(amount(budget))", "advice": "\(advice)"])
        case .began:
            logger.warning(
                "The oldest readings that wait to be fed are removed; commands and stops go on.",
                metadata: ["waiting": "\(amount(budget))", "advice": "\(advice)"])
        case .ended:
            state.withLock { $0.isStuck = false }
            logger.notice(
                budget.choice == .hold
                    ? "Readings are let in again: the history that waits has room."
                    : "No more readings are removed: the history that waits has room.",
                metadata: ["waiting": "\(amount(budget))", "dropped": "\(budget.waiting?.dropped ?? 0)"])
        }
    }

    private func noteFailure(_ failure: JournalFailure) {
        let isNew = state.withLock { state in
            defer { state.failure = failure.description }
            return state.failure == nil
        }
        guard isNew else { return }
        logger.warning(
            "What waits to be fed cannot be measured or made less.", metadata: ["reason": "\(failure)"])
    }

    private func reason(_ budget: HistoryBudget) -> String { "\(amount(budget)); \(advice)" }

    private func amount(_ budget: HistoryBudget) -> String {
        let used = (budget.waiting?.bytes ?? 0) / 1_000_000
        return "\(budget.waiting?.rows ?? 0) rows wait to be fed and take \(used) of \(budget.bytes / 1_000_000) MB"
    }

    /// How many rows wait, and how much room they take of how much, with what follows beyond that; on the loop.
    public func outlook() -> (rows: Int, room: String) {
        let budget = state.withLock { $0.budget }
        let beyond =
            switch budget.choice {
            case .hold: "beyond that readings are held at the broker"
            case .dropOldest: "beyond that the oldest readings are removed"
            }
        return (budget.waiting?.rows ?? 0, "\(amount(budget)); \(beyond)")
    }

    /// How much waits, how old it is, and what is done about it.
    public func vitals() -> PartVitals {
        let state = state.withLock { $0 }
        let budget = state.budget
        let age = budget.waiting?.oldest.map { max(0, loop.moment.time.milliseconds - $0.milliseconds) } ?? 0
        let dropped = budget.waiting?.dropped ?? 0
        let loss = dropped == 0 ? "" : "; \(dropped) readings were removed before they were fed"
        let (health, condition): (String, PartCondition) =
            if let failure = state.failure {
                ("cannot be measured: \(failure)", .degraded("cannot be measured: \(failure)"))
            } else if !budget.isOver {
                (amount(budget) + loss, .ok)
            } else if budget.choice == .hold {
                ("\(reason(budget)): readings are held at the broker", .degraded("held: \(reason(budget))"))
            } else if state.isStuck {
                (
                    "\(reason(budget)): recovery or rollups still need all that could be removed\(loss)",
                    .degraded("nothing more may be removed yet: \(reason(budget))")
                )
            } else {
                ("\(reason(budget)): the oldest are removed\(loss)", .degraded("readings are lost: \(reason(budget))"))
            }
        return PartVitals(
            health: health, condition, backlog: budget.waiting?.rows ?? 0, oldestBacklogMilliseconds: age)
    }

    /// What waits, and what was let go; callable from any thread.
    public func measurements() -> [Measurement] {
        let budget = state.withLock { $0.budget }
        func gauge(_ name: String, _ help: String, _ value: Int) -> Measurement {
            Measurement("doppel_history_\(name)", help: help, kind: .gauge, value: Double(value))
        }
        return [
            gauge("waiting_rows", "Rows that wait to be fed to the other store.", budget.waiting?.rows ?? 0),
            gauge("waiting_bytes", "Room that they take, estimated.", budget.waiting?.bytes ?? 0),
            gauge("budget_bytes", "Room that they may take.", budget.bytes),
            gauge("held", "1 while readings are held at the broker for want of room.", budget.holds ? 1 : 0),
            Measurement(
                "doppel_shed_total", help: "What was let go under overload, by class.", kind: .counter,
                labels: [("class", "telemetry_history")], value: Double(budget.waiting?.dropped ?? 0)),
        ]
    }
}
