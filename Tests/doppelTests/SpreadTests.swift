import Testing

@testable import doppel

@Suite struct SpreadTests {
    @Test(
        arguments: [
            ([], Spread(p50Ms: 0, p99Ms: 0, maxMs: 0)),
            ([7], Spread(p50Ms: 7, p99Ms: 7, maxMs: 7)),
            ([3, 1, 2], Spread(p50Ms: 2, p99Ms: 3, maxMs: 3)),
            (Array(1...100), Spread(p50Ms: 50, p99Ms: 99, maxMs: 100)),
            (Array(1...1000), Spread(p50Ms: 500, p99Ms: 990, maxMs: 1000)),
        ] as [([Int], Spread)])
    func `percentiles are values that were measured`(durations: [Int], expected: Spread) {
        #expect(Spread(of: durations.map(Double.init).reversed()) == expected)
    }
}
