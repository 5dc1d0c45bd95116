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
    }
}
