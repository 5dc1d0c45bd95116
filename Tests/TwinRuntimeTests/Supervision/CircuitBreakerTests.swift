import Testing
import TwinCore

@testable import TwinRuntime

@Suite struct CircuitBreakerTests {
    @Test func `it opens at the last of its failures, lets one attempt through, and opens again when that fails`() {
        var breaker = Breaker(Breaker.Limits(failuresToOpen: 3, openMilliseconds: 30_000))
        for _ in 1...2 {
            breaker.attempting()
            breaker.failed()
            #expect(breaker.state == .closed)
            #expect(breaker.restMilliseconds == 0)
        }
        breaker.attempting()
        breaker.failed()
        #expect(breaker.state == .open)
        #expect(breaker.restMilliseconds == 30_000)
        breaker.attempting()
        #expect(breaker.state == .halfOpen)
        breaker.failed()
        #expect(breaker.state == .open)
        breaker.attempting()
        breaker.succeeded()
        #expect(breaker.state == .closed)
    }

    @Test func `what only flaps opens it again at once, what worked for long does not`() {
        var breaker = Breaker(Breaker.Limits(failuresToOpen: 2))
        for _ in 1...2 { breaker.failed() }
        breaker.attempting()
        breaker.succeeded()
        breaker.failed()
        #expect(breaker.state == .open)
        breaker.attempting()
        breaker.succeeded()
        breaker.forget()
        breaker.failed()
        #expect(breaker.state == .closed)
    }

    @Test func `a part behind a breaker is never given up, and rests while the breaker is open`() {
        var history = RestartHistory()
        let rule = RestartRule(
            intensity: 1, periodMilliseconds: 60_000, firstDelayMilliseconds: 500,
            breaker: Breaker.Limits(failuresToOpen: 3, openMilliseconds: 30_000))
        var waits: [Int64] = []
        for time: Int64 in 0..<5 {
            history.starting(rule)
            let verdict = history.judge(wasInOrder: false, rule, at: Uptime(milliseconds: time), jitter: 1)
            guard case .restart(let wait) = verdict else {
                Issue.record("given up: \(verdict)")
                return
            }
            waits.append(wait)
        }
        #expect(waits == [500, 1_000, 30_000, 30_000, 30_000])
        #expect(history.total == 5)

        history.starting(rule)
        #expect(history.breaker?.state == .halfOpen)
        history.running(at: Uptime(milliseconds: 1_000))
        #expect(history.breaker?.state == .closed)
        let afterLongLife = history.judge(
            wasInOrder: false, rule, at: Uptime(milliseconds: 61_000), jitter: 1)
        #expect(afterLongLife == .restart(afterMilliseconds: 500))
    }
}
