import EventLoop
import Testing
import TwinCore
import TwinRuntime

extension EventLoopTests {
    @Suite struct LagTests {
        @Test func `a job that keeps the loop busy for 20 ms is seen in the lag`() async throws {
            try await withLoop { loop in
                try await loop.run {
                    let end = ContinuousClock.now.advanced(by: .milliseconds(20))
                    while ContinuousClock.now < end {}
                }
                // The turn is counted when it ends, which is before the next job's turn begins.
                try await loop.run {}
                try await loop.run {}
                #expect(loop.lag.max >= 20_000)
                #expect(loop.lag.percentile(100) == loop.lag.max)
                #expect(loop.lag.count >= 2)
            }
        }

        @Test func `jobs that take a millisecond each are spread over many turns`() async throws {
            try await withLoop { loop in
                let before = loop.lag.count
                try await loop.run {
                    for _ in 0..<100 {
                        loop.post {
                            let end = ContinuousClock.now.advanced(by: .milliseconds(1))
                            while ContinuousClock.now < end {}
                        }
                    }
                }
                try await loop.run {}
                // A turn lasts 5 ms, so at most six of them fit.
                #expect(loop.lag.count - before >= 100 / 6)
            }
        }

        @Test func `a timer held up by a busy loop is counted as late`() async throws {
            try await withLoop { loop in
                let fired = Transcript(of: Void.self)
                try await loop.run {
                    _ = loop.schedule(afterMilliseconds: 1) { fired.note(()) }
                    let end = ContinuousClock.now.advanced(by: .milliseconds(20))
                    while ContinuousClock.now < end {}
                }
                await fired.line()
                #expect(loop.timerLateness.count == 1)
                #expect(loop.timerLateness.max >= 15_000)
            }
        }

        @Test func `percentiles are at most an eighth too high`() {
            var histogram = LagHistogram()
            for value: UInt64 in 1...10_000 { histogram.record(microseconds: value) }
            #expect(histogram.count == 10_000)
            #expect(histogram.max == 10_000)
            #expect(histogram.sum == 50_005_000)
            for (percent, exact) in [(50.0, 5000.0), (90, 9000), (99, 9900), (1, 100)] {
                let found = Double(histogram.percentile(percent))
                #expect(found >= exact && found <= exact * 1.125, "\(percent) %: \(found)")
            }
            #expect(histogram.percentile(100) == 10_000)
        }

        @Test(arguments: [0, 1, 7, 8, 9, 15, 16, 1000, 65_535, 4_294_967_295] as [UInt64])
        func `one value is its own percentile`(value: UInt64) {
            var histogram = LagHistogram()
            histogram.record(microseconds: value)
            #expect(histogram.percentile(0) == value)
            #expect(histogram.percentile(50) == value)
            #expect(histogram.max == value)
        }

        @Test func `a value beyond the range is counted as the largest`() {
            var histogram = LagHistogram()
            histogram.record(microseconds: .max)
            #expect(histogram.max == 4_294_967_295)
            #expect(histogram.percentile(99) == 4_294_967_295)
        }

        @Test func `merged histograms count as if one had seen everything`() {
            var odd = LagHistogram()
            var even = LagHistogram()
            var all = LagHistogram()
            for value: UInt64 in 0..<3000 {
                all.record(microseconds: value)
                if value.isMultiple(of: 2) {
                    even.record(microseconds: value)
                } else {
                    odd.record(microseconds: value)
                }
            }
            odd.merge(even)
            #expect(odd == all)
            #expect(LagHistogram().percentile(99) == 0)
        }
    }
}
