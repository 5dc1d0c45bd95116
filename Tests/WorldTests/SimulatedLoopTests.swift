import Testing
import TwinCore
import TwinRuntime
import World

/// The simulated loop keeps the promises of the `Loop` port.
@Suite struct SimulatedLoopTests {
    private let loop = SimulatedLoop(startingAt: UnixTime(milliseconds: 1_777_600_000_000))
    private let log = Log()

    @Test func `posted jobs run in order and not at once`() {
        for number in 1...100 { loop.post { log.add(number) } }
        #expect(log.entries == [])
        loop.advance(byMilliseconds: 0)
        #expect(log.entries == Array(1...100))
    }

    @Test func `timers run in the order of their deadlines, on their deadlines`() {
        for delay: Int64 in [30, 10, 20, 5, 25, 15] {
            _ = loop.schedule(afterMilliseconds: delay) {
                #expect(loop.moment.uptime.milliseconds == delay)
                log.add(Int(delay))
            }
        }
        loop.advance(byMilliseconds: 20)
        #expect(log.entries == [5, 10, 15, 20])
        loop.advance(byMilliseconds: 20)
        #expect(log.entries == [5, 10, 15, 20, 25, 30])
    }

    @Test func `equal deadlines run in the order of scheduling`() {
        for number in 1...50 { _ = loop.schedule(at: Uptime(milliseconds: 5)) { log.add(number) } }
        loop.advance(byMilliseconds: 5)
        #expect(log.entries == Array(1...50))
    }

    @Test func `cancelled timers do not run, whoever cancels them`() {
        let timers = (0..<10).map { number in loop.schedule(afterMilliseconds: 5) { log.add(number) } }
        for number in [0, 3, 9] {
            timers[number].cancel()
            timers[number].cancel()
        }
        let victim = loop.schedule(afterMilliseconds: 4) { log.add(-1) }
        _ = loop.schedule(afterMilliseconds: 4) { timers[1].cancel() }
        _ = loop.schedule(afterMilliseconds: 3) { victim.cancel() }
        loop.advance(byMilliseconds: 10)
        timers[2].cancel()
        #expect(log.entries == [2, 4, 5, 6, 7, 8])
    }

    @Test func `a timer may schedule another`() {
        _ = loop.schedule(afterMilliseconds: 2) {
            log.add(1)
            _ = loop.schedule(afterMilliseconds: 2) { log.add(2) }
        }
        loop.advance(byMilliseconds: 3)
        #expect(log.entries == [1])
        loop.advance(byMilliseconds: 1)
        #expect(log.entries == [1, 2])
    }

    @Test func `a deadline in the past is due at once`() {
        loop.advance(byMilliseconds: 100)
        _ = loop.schedule(at: Uptime(milliseconds: 0)) { log.add(1) }
        _ = loop.schedule(at: Uptime(milliseconds: -5)) { log.add(2) }
        loop.advance(byMilliseconds: 0)
        #expect(log.entries == [1, 2])
        #expect(loop.moment.uptime == Uptime(milliseconds: 100))
    }

    @Test func `time passes although nothing is due`() {
        loop.advance(byMilliseconds: 1_234)
        #expect(loop.moment.uptime == Uptime(milliseconds: 1_234))
        #expect(loop.moment.time == UnixTime(milliseconds: 1_777_600_001_234))
    }

    @Test func `the wall clock may jump and uptime does not notice`() {
        _ = loop.schedule(afterMilliseconds: 10) { log.add(1) }
        loop.jumpWallClock(byMilliseconds: -3_600_000)
        #expect(loop.moment.uptime == Uptime(milliseconds: 0))
        #expect(loop.moment.time == UnixTime(milliseconds: 1_777_596_400_000))
        loop.advance(byMilliseconds: 10)
        #expect(log.entries == [1])
    }

    @Test func `an actor of the loop is reached without waiting`() {
        let counter = Counter(loop)
        for _ in 0..<10 { counter.assumeIsolated { $0.count += 1 } }
        #expect(counter.assumeIsolated { $0.count } == 10)
        #expect(loop.isIsolatingCurrentContext() == true)
    }
}

/// An actor that lives on a loop.
private actor Counter {
    private let loop: SimulatedLoop
    var count = 0
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    init(_ loop: SimulatedLoop) { self.loop = loop }
}

/// Numbers in the order in which they came; confined to its test's thread.
private final class Log: @unchecked Sendable {
    private(set) var entries: [Int] = []
    func add(_ number: Int) { entries.append(number) }
}
