import Synchronization
import Testing
import TwinCore
import TwinRuntime

/// What every implementation of the `Loop` port promises; shared by the real loop and the simulated one.
struct LoopContract<Subject: Loop> {
    /// The loop, running.
    let loop: Subject
    /// Lets so many milliseconds pass on the loop's clock, and returns when everything due by then has run.
    let advance: (Int64) async -> Void

    /// Checks all of it.
    func check() async {
        await postsRunInOrder()
        await timersRunInOrderAndNotEarly()
        await equalDeadlinesRunInOrderOfScheduling()
        await cancelledTimersDoNotRun()
        await aTimerMayScheduleAnother()
        await aDeadlineInThePastIsDueAtOnce()
    }

    private func postsRunInOrder() async {
        let log = Log()
        for number in 1...100 { loop.post { log.add(number) } }
        await advance(1)
        #expect(log.entries == Array(1...100))
    }

    private func timersRunInOrderAndNotEarly() async {
        let log = Log()
        loop.post { [loop] in
            let now = loop.moment.uptime
            for delay: Int64 in [30, 10, 20, 5, 25, 15] {
                let deadline = now.advanced(byMilliseconds: delay)
                _ = loop.schedule(at: deadline) {
                    #expect(loop.moment.uptime >= deadline)
                    log.add(Int(delay))
                }
            }
        }
        await advance(60)
        #expect(log.entries == [5, 10, 15, 20, 25, 30])
    }

    private func equalDeadlinesRunInOrderOfScheduling() async {
        let log = Log()
        loop.post { [loop] in
            let deadline = loop.moment.uptime.advanced(byMilliseconds: 5)
            for number in 1...50 { _ = loop.schedule(at: deadline) { log.add(number) } }
        }
        await advance(20)
        #expect(log.entries == Array(1...50))
    }

    private func cancelledTimersDoNotRun() async {
        let log = Log()
        loop.post { [loop] in
            let timers = (0..<100).map { number in
                loop.schedule(afterMilliseconds: Int64(5 + number * 37 % 20)) { log.add(number) }
            }
            for (number, timer) in timers.enumerated() where number % 3 != 0 {
                timer.cancel()
                timer.cancel()
            }
            // One timer ends another that is due in the same turn.
            let victim = loop.schedule(afterMilliseconds: 4) { log.add(-1) }
            _ = loop.schedule(afterMilliseconds: 3) { victim.cancel() }
        }
        await advance(60)
        #expect(log.entries.sorted() == stride(from: 0, to: 100, by: 3).map { $0 })
    }

    private func aTimerMayScheduleAnother() async {
        let log = Log()
        loop.post { [loop] in
            _ = loop.schedule(afterMilliseconds: 2) {
                log.add(1)
                _ = loop.schedule(afterMilliseconds: 2) { log.add(2) }
            }
        }
        await advance(20)
        #expect(log.entries == [1, 2])
    }

    private func aDeadlineInThePastIsDueAtOnce() async {
        let log = Log()
        loop.post { [loop] in
            _ = loop.schedule(at: Uptime(milliseconds: 0)) { log.add(1) }
            _ = loop.schedule(at: Uptime(milliseconds: -5)) { log.add(0) }
        }
        await advance(1)
        #expect(log.entries == [0, 1])
    }
}

/// Numbers in the order in which they came.
private final class Log: Sendable {
    private let numbers = Mutex<[Int]>([])
    var entries: [Int] { numbers.withLock { $0 } }
    func add(_ number: Int) { numbers.withLock { $0.append(number) } }
}
