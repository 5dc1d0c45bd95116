import Testing
import TwinCore
import TwinRuntime

@Suite struct `When to try again` {
    private func shortest(_ range: ClosedRange<Int64>) -> Int64 { range.lowerBound }
    private func longest(_ range: ClosedRange<Int64>) -> Int64 { range.upperBound }

    @Test func `waits double, and from the fifth failure the breaker holds for half a minute`() {
        var short = ReconnectPolicy()
        var long = ReconnectPolicy()
        let now = Uptime(milliseconds: 0)
        let waits = (1...8).map { _ in
            (short.failed(at: now, draw: shortest), long.failed(at: now, draw: longest))
        }
        #expect(waits.map(\.0) == [1_000, 2_000, 4_000, 8_000, 30_000, 30_000, 30_000, 30_000])
        #expect(waits.map(\.1) == [2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000])
    }

    @Test func `the breaker opens at the fifth failure, lets one attempt through, and closes with a connection`() {
        var policy = ReconnectPolicy()
        let now = Uptime(milliseconds: 0)
        for _ in 1...4 {
            policy.attempting()
            _ = policy.failed(at: now, draw: shortest)
            #expect(policy.breaker == .closed)
        }
        policy.attempting()
        _ = policy.failed(at: now, draw: shortest)
        #expect(policy.breaker == .open)
        policy.attempting()
        #expect(policy.breaker == .halfOpen)
        _ = policy.failed(at: now, draw: shortest)
        #expect(policy.breaker == .open)
        policy.attempting()
        policy.connected(at: now)
        #expect(policy.breaker == .closed)
    }

    @Test func `losing a connection that lasted is a first failure, losing a young one is one more`() {
        var policy = ReconnectPolicy()
        _ = policy.failed(at: Uptime(milliseconds: 0), draw: shortest)
        policy.connected(at: Uptime(milliseconds: 1_000))
        #expect(policy.failed(at: Uptime(milliseconds: 10_999), draw: shortest) == 2_000)
        policy.connected(at: Uptime(milliseconds: 20_000))
        #expect(policy.failed(at: Uptime(milliseconds: 30_000), draw: shortest) == 1_000)
        #expect(policy.consecutiveFailures == 1)
    }

    @Test func `an attempt that never connected is not forgiven because of an old connection`() {
        var policy = ReconnectPolicy()
        policy.connected(at: Uptime(milliseconds: 0))
        _ = policy.failed(at: Uptime(milliseconds: 50_000), draw: shortest)
        _ = policy.failed(at: Uptime(milliseconds: 90_000), draw: shortest)
        #expect(policy.consecutiveFailures == 2)
    }

    @Test func `a connection that another client took over is not fought for`() {
        var policy = ReconnectPolicy()
        policy.connected(at: Uptime(milliseconds: 0))
        #expect(policy.failed(.takenOver, at: Uptime(milliseconds: 60_000), draw: shortest) == 30_000)
        #expect(policy.breaker == .open)
    }

    @Test func `a connection given up on purpose is made again at once`() {
        var policy = ReconnectPolicy()
        #expect(policy.failed(.ownDecision, at: Uptime(milliseconds: 0), draw: longest) == 0)
        #expect(policy.consecutiveFailures == 0)
    }

    @Test func `a service that is of no use opens the breaker with the first failure`() {
        var policy = ReconnectPolicy()
        policy.attempting()
        policy.trip()
        #expect(policy.failed(at: Uptime(milliseconds: 0), draw: shortest) == 30_000)
        #expect(policy.breaker == .open)
    }
}
