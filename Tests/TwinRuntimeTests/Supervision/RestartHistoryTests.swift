import Testing
import TwinCore

@testable import TwinRuntime

@Suite struct RestartHistoryTests {
    private func judge(
        _ history: inout RestartHistory, _ rule: RestartRule, wasInOrder: Bool = false, at milliseconds: Int64,
        jitter: Double = 1
    ) -> RestartHistory.Verdict {
        history.judge(wasInOrder: wasInOrder, rule, at: Uptime(milliseconds: milliseconds), jitter: jitter)
    }

    @Test func `the wait doubles up to its limit`() {
        var history = RestartHistory()
        let rule = RestartRule(
            intensity: 10, periodMilliseconds: 1_000_000, firstDelayMilliseconds: 500, longestDelayMilliseconds: 3_000)
        let verdicts = (0..<5).map { judge(&history, rule, at: $0) }
        #expect(verdicts == [500, 1_000, 2_000, 3_000, 3_000].map { .restart(afterMilliseconds: $0) })
        #expect(history.total == 5)
    }

    @Test func `chance spreads a restart over the second half of its wait`() {
        let rule = RestartRule(firstDelayMilliseconds: 1_000)
        for (jitter, delay) in [(0.0, 500), (0.5, 750), (0.999, 999)] as [(Double, Int64)] {
            var history = RestartHistory()
            #expect(judge(&history, rule, at: 0, jitter: jitter) == .restart(afterMilliseconds: delay))
        }
    }

    @Test func `one restart more than allowed within the period is the parent's concern`() {
        var history = RestartHistory()
        let rule = RestartRule(intensity: 3, periodMilliseconds: 60_000, firstDelayMilliseconds: 1)
        for time: Int64 in [0, 1_000, 2_000] {
            guard case .restart = judge(&history, rule, at: time) else {
                Issue.record("no restart at \(time)")
                return
            }
        }
        #expect(judge(&history, rule, at: 59_999) == .escalate)
        #expect(history.total == 3)
    }

    @Test func `restarts outside of the period are forgotten, and the wait is short again`() {
        var history = RestartHistory()
        let rule = RestartRule(intensity: 2, periodMilliseconds: 60_000, firstDelayMilliseconds: 100)
        #expect(judge(&history, rule, at: 0) == .restart(afterMilliseconds: 100))
        #expect(judge(&history, rule, at: 1_000) == .restart(afterMilliseconds: 200))
        #expect(judge(&history, rule, at: 60_000) == .restart(afterMilliseconds: 200))
        #expect(judge(&history, rule, at: 200_000) == .restart(afterMilliseconds: 100))
    }

    @Test func `the policy says which ends are followed by a restart`() {
        for policy in [RestartRule.Policy.permanent, .transient, .temporary] {
            for wasInOrder in [true, false] {
                var history = RestartHistory()
                let verdict = judge(&history, RestartRule(policy: policy), wasInOrder: wasInOrder, at: 0)
                let isRestarted = policy == .permanent || policy == .transient && !wasInOrder
                #expect((verdict == .rest) == !isRestarted, "\(policy.rawValue), in order: \(wasInOrder)")
            }
        }
    }

    @Test func `no restart is allowed where the intensity is zero`() {
        var history = RestartHistory()
        #expect(judge(&history, RestartRule(intensity: 0), at: 0) == .escalate)
    }
}
