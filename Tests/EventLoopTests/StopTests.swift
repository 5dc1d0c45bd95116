import EventLoop
import Foundation
import Synchronization
import Testing
import TwinCore
import TwinRuntime

private actor Latecomer {
    nonisolated let loop: EventLoop
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }
    private var count = 0

    init(on loop: EventLoop) { self.loop = loop }

    func next() -> Int {
        precondition(loop.isOnLoop)
        count += 1
        return count
    }
}

extension EventLoopTests {
    @Suite struct StopTests {
        @Test func `a loop with timers, descriptors, signals and children stops cleanly`() async throws {
            let loop = try EventLoop()
            loop.start()
            let pairs = (0..<10).map { _ in DescriptorPair.sockets() }
            let exits = Transcript(of: ChildExit.self)
            try await loop.run {
                for pair in pairs {
                    try loop.poll(pair.near) { _ in }.watch([.readable, .writable])
                    _ = loop.schedule(afterMilliseconds: 60_000) { Issue.record("A timer ran after the stop.") }
                }
                _ = try loop.onSignal(SIGUSR2) {}
                for _ in 0..<3 {
                    _ = try loop.spawn(ChildSpecification(executable: "sleep", arguments: ["60"])) { exits.note($0) }
                }
            }
            loop.stop()
            loop.stop()
            loop.join()
            loop.join()
            #expect(await exits.lines(3) == Array(repeating: .signalled(number: SIGKILL), count: 3))
            for pair in pairs {
                // The loop did not own them, so they are still open.
                #expect(close(pair.near) == 0 && close(pair.far) == 0)
            }
        }

        @Test func `what was posted before the stop runs before the end`() async throws {
            let loop = try EventLoop()
            loop.start()
            let count = Mutex(0)
            for _ in 0..<10_000 { loop.post { count.withLock { $0 += 1 } } }
            loop.stop()
            loop.join()
            #expect(count.withLock { $0 } == 10_000)
        }

        @Test func `a close that was asked for completes although the loop stops`() async throws {
            let loop = try EventLoop()
            loop.start()
            let pair = DescriptorPair.sockets()
            let transcript = Transcript(of: String.self)
            try await loop.run {
                let polled = try loop.poll(pair.near) { _ in }
                polled.close { transcript.note("closed") }
                loop.stop()
            }
            loop.join()
            #expect(await transcript.line() == "closed")
        }

        @Test func `work that is under way is waited for and completes`() async throws {
            let loop = try EventLoop()
            loop.start()
            let transcript = Transcript(of: String.self)
            let release = DispatchSemaphore(value: 0)
            try await loop.run {
                loop.work {
                    release.wait()
                    return "result"
                } _: {
                    transcript.note($0)
                }
            }
            loop.stop()
            release.signal()
            loop.join()
            #expect(await transcript.line() == "result")
        }

        @Test func `an actor of a stopped loop still answers, in order and isolated`() async throws {
            let loop = try EventLoop()
            loop.start()
            let actor = Latecomer(on: loop)
            #expect(await actor.next() == 1)
            loop.stop()
            loop.join()
            for expected in 2...50 { #expect(await actor.next() == expected) }
            await withTaskGroup { group in
                for _ in 0..<100 { group.addTask { _ = await actor.next() } }
            }
            #expect(await actor.next() == 151)
        }

        @Test func `a stopped loop refuses descriptors and lets timers never run`() async throws {
            let loop = try EventLoop()
            loop.start()
            loop.stop()
            loop.join()
            let refusal = try await loop.run { () -> EventLoopError? in
                loop.schedule(afterMilliseconds: 0) { Issue.record("A timer ran after the stop.") }.cancel()
                do throws(EventLoopError) {
                    _ = try loop.poll(0) { _ in }
                    return nil
                } catch { return error }
            }
            #expect(refusal?.reason == .stopped)
            let transcript = Transcript(of: Int.self)
            loop.work {
                7
            } _: {
                transcript.note($0)
            }
            #expect(await transcript.line() == 7)
        }

        @Test func `200 loops leave neither threads nor descriptors behind`() async throws {
            func startAndStop(joining: Bool) async throws {
                let loop = try EventLoop()
                loop.start()
                try await loop.run { _ = loop.schedule(afterMilliseconds: 10_000) {} }
                loop.stop()
                if joining { loop.join() }
            }
            for _ in 0..<5 { try await startAndStop(joining: true) }
            let threads = countOfProcess("task")
            let descriptors = countOfProcess("fd")
            for round in 0..<200 { try await startAndStop(joining: round % 4 != 0) }
            // Loops that nobody joined may still be on their way out.
            let deadline = ContinuousClock.now.advanced(by: .seconds(20))
            while countOfProcess("task") > threads + 8 || countOfProcess("fd") > descriptors + 8,
                ContinuousClock.now < deadline
            { await Task.yield() }
            #expect(countOfProcess("task") <= threads + 8)
            #expect(countOfProcess("fd") <= descriptors + 8)
        }

        @Test func `a loop that is let go of ends with its last job`() async throws {
            weak var remembered: EventLoop?
            do {
                let loop = try EventLoop()
                remembered = loop
                loop.start()
                loop.stop()
                loop.join()
            }
            let deadline = ContinuousClock.now.advanced(by: .seconds(20))
            while remembered != nil, ContinuousClock.now < deadline { await Task.yield() }
            #expect(remembered == nil)
        }

        @Test func `a loop that was never started leaves nothing behind`() throws {
            _ = try EventLoop()
            let descriptors = countOfProcess("fd")
            for _ in 0..<20 {
                let loop = try EventLoop()
                loop.post { Issue.record("A loop that was never started ran a job.") }
                loop.stop()
                loop.join()
            }
            #expect(countOfProcess("fd") <= descriptors + 4)
        }

        @Test func `the loop's thread has a name`() async throws {
            try await withLoop { loop in
                let name = try await loop.run {
                    try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
                }
                #expect(name == "doppel-loop\n")
            }
        }
    }
}
