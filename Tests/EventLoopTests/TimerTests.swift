import EventLoop
import Synchronization
import Testing
import TwinCore
import TwinRuntime

extension EventLoopTests {
    @Suite struct TimerTests {
        @Test func `the loop keeps the port's promises`() async throws {
            try await withLoop { loop in
                await LoopContract(loop: loop) { milliseconds in
                    let passed = Transcript(of: Void.self)
                    // Two steps: what was posted before must have been scheduled when the deadline is computed.
                    loop.post { _ = loop.schedule(afterMilliseconds: milliseconds) { passed.note(()) } }
                    await passed.line()
                }.check()
            }
        }

        @Test func `10,000 timers run in order of their deadlines`() async throws {
            try await withLoop { loop in
                let order = Mutex<[Int64]>([])
                let done = Transcript(of: Void.self)
                loop.post {
                    let now = loop.moment.uptime
                    for number in 0..<10_000 {
                        let delay = Int64(number * 7919 % 97)
                        _ = loop.schedule(at: now.advanced(byMilliseconds: delay)) {
                            order.withLock { $0.append(delay) }
                        }
                    }
                    _ = loop.schedule(at: now.advanced(byMilliseconds: 97)) { done.note(()) }
                }
                await done.line()
                let ran = order.withLock { $0 }
                #expect(ran.count == 10_000)
                #expect(ran == ran.sorted())
            }
        }

        @Test func `a timeout that is moved a hundred thousand times fires once`() async throws {
            try await withLoop { loop in
                let fired = Atomic(0)
                let done = Transcript(of: Void.self)
                loop.post {
                    for _ in 0..<100_000 {
                        loop.schedule(afterMilliseconds: 5) { fired.add(1, ordering: .relaxed) }.cancel()
                    }
                    _ = loop.schedule(afterMilliseconds: 5) { fired.add(1, ordering: .relaxed) }
                    _ = loop.schedule(afterMilliseconds: 10) { done.note(()) }
                }
                await done.line()
                #expect(fired.load(ordering: .relaxed) == 1)
            }
        }

        @Test func `a timer in the far future does not delay the stop and never runs`() async throws {
            let loop = try EventLoop()
            loop.start()
            let clock = ContinuousClock()
            _ = try await loop.run {
                loop.schedule(at: Uptime(milliseconds: .max)) { Issue.record("The end of time came early.") }
            }
            let duration = clock.measure {
                loop.stop()
                loop.join()
            }
            #expect(duration < .seconds(5))
        }

        @Test func `uptime begins at zero and time comes from the given clock`() async throws {
            let loop = try EventLoop(wallClock: { UnixTime(milliseconds: 1_700_000_000_000) })
            #expect((0..<60_000).contains(loop.moment.uptime.milliseconds))
            #expect(loop.moment.time == UnixTime(milliseconds: 1_700_000_000_000))
            #expect(EventLoop.systemWallClock() > UnixTime(milliseconds: 1_700_000_000_000))
        }
    }
}
