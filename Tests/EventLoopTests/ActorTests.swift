import EventLoop
import Foundation
import Synchronization
import Testing
import TwinCore
import TwinRuntime

/// An actor that lives on a loop.
private actor Resident {
    nonisolated let loop: EventLoop
    private(set) var visits: [Int] = []

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(on loop: EventLoop) { self.loop = loop }

    func visit(_ number: Int) -> Bool {
        visits.append(number)
        return loop.isOnLoop
    }

    func visit(_ number: Int, passingOnTo neighbour: Resident) async -> Bool {
        let isHere = visit(number)
        let isThere = await neighbour.visit(number)
        return isHere && isThere && loop.isOnLoop
    }
}

private func assumeToBeOnTheLoop(_ resident: Resident) {
    resident.assumeIsolated { resident in _ = resident.visit(1) }
}

extension EventLoopTests {
    @Suite struct ActorTests {
        @Test func `an actor of the loop runs on the loop's thread`() async throws {
            try await withLoop { loop in
                let resident = Resident(on: loop)
                #expect(await resident.visit(1))
                #expect(!loop.isOnLoop)
                #expect(await resident.visits == [1])
            }
        }

        @Test func `actors of one loop await each other without leaving it`() async throws {
            try await withLoop { loop in
                let first = Resident(on: loop)
                let second = Resident(on: loop)
                #expect(await first.visit(7, passingOnTo: second))
                #expect(await second.visits == [7])
            }
        }

        @Test func `a posted job may assume an actor's isolation`() async throws {
            try await withLoop { loop in
                let resident = Resident(on: loop)
                let visits = try await loop.run {
                    resident.assumeIsolated { resident in
                        _ = resident.visit(3)
                        return resident.visits
                    }
                }
                #expect(visits == [3])
            }
        }

        @Test func `assuming isolation traps on another thread`() async {
            await #expect(processExitsWith: .failure) {
                let loop = try EventLoop()
                loop.start()
                let resident = Resident(on: loop)
                assumeToBeOnTheLoop(resident)
            }
        }

        @Test func `scheduling traps on another thread`() async {
            await #expect(processExitsWith: .failure) {
                let loop = try EventLoop()
                loop.start()
                _ = loop.schedule(at: loop.moment.uptime) {}
            }
        }

        @Test func `100,000 jobs of four threads all run on the loop, each thread's in order`() async throws {
            try await withLoop { loop in
                let perThread = 25_000
                let seen = Mutex<[Int: [Int]]>([:])
                let strays = Atomic(0)
                let done = Transcript(of: Int.self)
                for sender in 0..<4 {
                    Thread.detachNewThread {
                        for number in 0..<perThread {
                            loop.post {
                                if !loop.isOnLoop { strays.add(1, ordering: .relaxed) }
                                seen.withLock { $0[sender, default: []].append(number) }
                            }
                        }
                        loop.post { done.note(sender) }
                    }
                }
                #expect(await Set(done.lines(4)) == [0, 1, 2, 3])
                #expect(strays.load(ordering: .relaxed) == 0)
                let inOrder = Array(0..<perThread)
                seen.withLock { seen in
                    for sender in 0..<4 { #expect(seen[sender] == inOrder) }
                }
            }
        }

        @Test func `jobs posted by a job run after it, in order`() async throws {
            try await withLoop { loop in
                let transcript = Transcript(of: String.self)
                loop.post {
                    loop.post { transcript.note("inner 1") }
                    loop.post { transcript.note("inner 2") }
                    transcript.note("outer")
                }
                #expect(await transcript.lines(3) == ["outer", "inner 1", "inner 2"])
            }
        }

        @Test func `jobs posted before the start run after it`() async throws {
            let loop = try EventLoop()
            let transcript = Transcript(of: Bool.self)
            loop.post { transcript.note(loop.isOnLoop) }
            loop.start()
            #expect(await transcript.line() == true)
            loop.stop()
            loop.join()
        }

        @Test func `a block of work runs elsewhere and completes on the loop`() async throws {
            try await withLoop { loop in
                let transcript = Transcript(of: [Bool].self)
                loop.work {
                    loop.isOnLoop
                } _: { wasOnLoop in
                    transcript.note([wasOnLoop, loop.isOnLoop])
                }
                #expect(await transcript.line() == [false, true])
            }
        }
    }
}
