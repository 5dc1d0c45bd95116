import Logging
import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// A queue of rows of ten bytes that does what the test says.
private final class PlayedQueue: FeedQueue, @unchecked Sendable {
    let loop: SimulatedLoop
    var rows = 0
    var dropped = 0
    var mayDrop = Int.max
    var failure: JournalFailure?
    /// Whether it keeps its answers to itself.
    var isSilent = false
    private(set) var drops: [Int] = []

    init(_ loop: SimulatedLoop) { self.loop = loop }

    func measureWaiting(_ completion: @escaping @Sendable (Result<WaitingRows, JournalFailure>) -> Void) {
        guard !isSilent else { return }
        let oldest = rows == 0 ? nil : loop.moment.time.advanced(byMilliseconds: -90_000)
        let measure = WaitingRows(rows: rows, bytes: rows * 1_000_000, oldest: oldest, dropped: dropped)
        let result: Result<WaitingRows, JournalFailure> = failure.map { .failure($0) } ?? .success(measure)
        loop.post { completion(result) }
    }

    func dropOldestWaiting(
        _ count: Int, _ completion: @escaping @Sendable (Result<Int, JournalFailure>) -> Void
    ) {
        drops.append(count)
        let number = min(count, mayDrop)
        rows -= number
        dropped += number
        loop.post { completion(.success(number)) }
    }
}

/// The part between a queue, a runtime's ear and a clock that a test plays.
private final class BudgetStage: @unchecked Sendable {
    let loop = SimulatedLoop(startingAt: .fixtureNow)
    let queue: PlayedQueue
    private(set) var told: [String?] = []
    private(set) var events: [PartEvent] = []
    private(set) var part: HistoryBudgetPart!

    init(_ choice: HistoryBudget.Choice) {
        queue = PlayedQueue(loop)
        part = HistoryBudgetPart(
            HistoryBudget(bytes: 100_000_000, choice: choice), on: loop, queue: queue, advice: "bring it back",
            logger: RuntimeRun.silentLogger
        ) { [unowned self] in told.append($0) }
    }

    func start() {
        part.start { [unowned self] in events.append($0) }
        loop.advance(byMilliseconds: 0)
    }

    /// The next look happens.
    func look() { loop.advance(byMilliseconds: HistoryBudgetPart.pauseMilliseconds) }

    func measurement(_ name: String) -> Double? { part.measurements().first { $0.name == name }?.value }
}

@Suite struct HistoryBudgetPartTests {
    @Test func `readings are held with the reason, and let in when there is room`() {
        let stage = BudgetStage(.hold)
        stage.start()
        #expect(stage.told == [nil] && stage.events == [.running])
        #expect(stage.part.vitals() == PartVitals(health: "0 rows wait to be fed and take 0 of 100 MB", .ok))
        stage.queue.rows = 101
        stage.look()
        let reason = "101 rows wait to be fed and take 101 of 100 MB; bring it back"
        #expect(stage.told == [nil, reason])
        #expect(
            stage.part.vitals()
                == PartVitals(
                    health: "\(reason): readings are held at the broker", .degraded("held: \(reason)"), backlog: 101,
                    oldestBacklogMilliseconds: 90_000))
        #expect(stage.measurement("doppel_history_held") == 1)
        #expect(stage.measurement("doppel_history_waiting_rows") == 101)
        #expect(stage.measurement("doppel_history_waiting_bytes") == 101_000_000)
        stage.queue.rows = 80
        stage.look()
        #expect(stage.told.last == .some(nil))
        #expect(stage.part.vitals().condition == .ok)
        #expect(stage.measurement("doppel_history_held") == 0)
        #expect(stage.queue.drops.isEmpty)
    }

    @Test func `or the oldest are dropped, counted and shown, and nothing is held`() {
        let stage = BudgetStage(.dropOldest)
        stage.queue.rows = 130
        stage.start()
        #expect(stage.queue.drops == [30])
        stage.look()
        #expect(stage.told == [nil, nil])
        let loss = "; 30 readings were removed before they were fed"
        #expect(
            stage.part.vitals().health
                == "100 rows wait to be fed and take 100 of 100 MB; bring it back: the oldest are removed\(loss)")
        #expect(stage.measurement("doppel_shed_total") == 30)
        stage.queue.rows = 10
        stage.look()
        #expect(stage.part.vitals().health == "10 rows wait to be fed and take 10 of 100 MB\(loss)")
        #expect(stage.part.vitals().condition == .ok)
    }

    @Test func `what may not be dropped is said`() {
        let stage = BudgetStage(.dropOldest)
        stage.queue.rows = 130
        stage.queue.mayDrop = 0
        stage.start()
        #expect(stage.part.vitals().condition.reason?.hasPrefix("nothing more may be removed yet") == true)
    }

    @Test func `while it cannot be measured what is held stays held`() {
        let stage = BudgetStage(.hold)
        stage.queue.rows = 200
        stage.start()
        stage.queue.failure = JournalFailure("the disk is gone")
        stage.queue.rows = 0
        stage.look()
        #expect(stage.told.count == 1 && stage.told.last != .some(nil))
        #expect(stage.part.vitals().condition == .degraded("cannot be measured: the disk is gone"))
        stage.queue.failure = nil
        stage.look()
        #expect(stage.told.last == .some(nil))
    }

    @Test func `a disk that does not answer does not keep the twins from starting`() {
        let stage = BudgetStage(.hold)
        stage.queue.isSilent = true
        stage.start()
        #expect(stage.events.isEmpty)
        stage.loop.advance(byMilliseconds: HistoryBudgetPart.firstLookMilliseconds)
        #expect(stage.events == [.running])
    }

    @Test func `stopped it looks no more, and started again it goes on`() {
        let stage = BudgetStage(.hold)
        stage.start()
        stage.part.stop {}
        stage.queue.rows = 500
        stage.look()
        #expect(stage.told == [nil])
        stage.start()
        #expect(stage.told.count == 2 && stage.events == [.running, .running])
        stage.look()
        #expect(stage.told.count == 3)
    }
}

@Suite struct TelemetryHoldTests {
    @Test func `what is held is said where the connection is shown, and orders go on`() throws {
        let stage = try Stage.greenhouse()
        stage.runtime.holdTelemetry("101 of 100 MB; bring it back")
        stage.runtime.holdTelemetry("102 of 100 MB; bring it back")
        #expect(stage.broker.holds == [true])
        let held = "readings are held at the broker: 102 of 100 MB; bring it back"
        #expect(
            stage.runtime.vitals(of: .ingest) == PartVitals(health: "connected for answers; \(held)", .degraded(held)))
        #expect(stage.runtime.vitals(of: .control).condition == .ok)
        #expect(stage.runtime.assumeIsolated { $0.unreadiness() } == held)
        stage.runtime.holdTelemetry(nil)
        #expect(stage.broker.holds == [true, false])
        #expect(stage.runtime.vitals(of: .ingest).condition == .ok)
        #expect(stage.runtime.assumeIsolated { $0.unreadiness() } == nil)
    }
}
