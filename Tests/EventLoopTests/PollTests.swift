import EventLoop
import Foundation
import Synchronization
import Testing
import TwinCore
import TwinRuntime

extension EventLoopTests {
    @Suite struct PollTests {
        @Test func `a socket becomes readable, then writable, then its watching ends`() async throws {
            try await withLoop { loop in
                let pair = DescriptorPair.sockets()
                let transcript = Transcript(of: String.self)
                let polled = try await loop.run {
                    let polled = try loop.poll(pair.near) { readiness in
                        #expect(loop.isOnLoop)
                        if readiness.contains(.readable) { transcript.note("read \(receive(from: pair.near))") }
                        if readiness.contains(.writable) { transcript.note("writable") }
                    }
                    polled.watch(.readable)
                    return polled
                }
                send("hello", to: pair.far)
                #expect(await transcript.line() == "read hello")

                try await loop.run { polled.watch(.writable) }
                #expect(await transcript.line() == "writable")

                try await loop.run {
                    polled.close { transcript.note("closed on loop: \(loop.isOnLoop)") }
                    transcript.note("closing")
                }
                var rest: [String] = []
                repeat { rest += await transcript.lines(1) } while rest.last?.hasPrefix("closed") != true
                #expect(rest.filter { $0 != "writable" } == ["closing", "closed on loop: true"])
                close(pair.near)
                close(pair.far)
            }
        }

        @Test func `a descriptor number can be watched again after the close completion`() async throws {
            try await withLoop { loop in
                for round in 1...20 {
                    let pair = DescriptorPair.sockets()
                    let transcript = Transcript(of: String.self)
                    try await loop.run {
                        let box = Mutex<PolledDescriptor?>(nil)
                        let polled = try loop.poll(pair.near) { _ in
                            transcript.note(receive(from: pair.near))
                            box.withLock { $0 }?.close {
                                close(pair.near)
                                transcript.note("closed")
                            }
                        }
                        box.withLock { $0 = polled }
                        polled.watch(.readable)
                    }
                    send("round \(round)", to: pair.far)
                    #expect(await transcript.lines(2) == ["round \(round)", "closed"])
                    close(pair.far)
                }
            }
        }

        @Test func `a hang-up is told as disconnected`() async throws {
            try await withLoop { loop in
                let pair = DescriptorPair.sockets()
                let transcript = Transcript(of: Readiness.self)
                try await loop.run {
                    let polled = try loop.poll(pair.near) { transcript.note($0) }
                    polled.watch([.readable, .disconnected])
                }
                close(pair.far)
                #expect(await transcript.line()?.contains(.disconnected) == true)
            }
        }

        @Test func `a descriptor in error is told once and can be watched again`() async throws {
            try await withLoop { loop in
                let pair = DescriptorPair.pipe()
                let transcript = Transcript(of: Readiness.self)
                close(pair.far)
                let polled = try await loop.run {
                    let polled = try loop.poll(pair.near) { transcript.note($0) }
                    polled.watch(.writable)
                    return polled
                }
                #expect(await transcript.line() == [.writable, .disconnected])
                try await loop.run { polled.watch(.writable) }
                #expect(await transcript.line() == [.writable, .disconnected])
                try await loop.run { polled.close { close(pair.near) } }
            }
        }

        @Test func `closing twice completes twice, and watching a closed descriptor does nothing`() async throws {
            try await withLoop { loop in
                let pair = DescriptorPair.sockets()
                let transcript = Transcript(of: String.self)
                let polled = try await loop.run {
                    let polled = try loop.poll(pair.near) { _ in Issue.record("Nothing was sent.") }
                    polled.close { transcript.note("first") }
                    polled.close { transcript.note("second") }
                    polled.watch(.writable)
                    return polled
                }
                #expect(await transcript.lines(2) == ["first", "second"])
                try await loop.run { polled.close { transcript.note("late") } }
                #expect(await transcript.line() == "late")
                close(pair.near)
                close(pair.far)
            }
        }

        @Test func `what cannot be watched is refused with the system's reason`() async throws {
            try await withLoop { loop in
                let refusal = try await loop.run { () -> EventLoopError? in
                    do throws(EventLoopError) {
                        _ = try loop.poll(-1) { _ in }
                        return nil
                    } catch { return error }
                }
                #expect(refusal?.reason == .refused)
                #expect(refusal?.name == "EBADF")
                #expect(refusal?.mayRetry == false)
            }
        }

        @Test func `jobs that post themselves again do not starve a descriptor`() async throws {
            try await withLoop { loop in
                let pair = DescriptorPair.sockets()
                let transcript = Transcript(of: String.self)
                let isOver = Atomic(false)
                try await loop.run {
                    let polled = try loop.poll(pair.near) { _ in transcript.note(receive(from: pair.near)) }
                    polled.watch(.readable)
                    spin(on: loop, until: { isOver.load(ordering: .relaxed) })
                }
                for round in 1...10 {
                    send("round \(round)", to: pair.far)
                    #expect(await transcript.line() == "round \(round)")
                }
                isOver.store(true, ordering: .relaxed)
                #expect(loop.lag.count >= 10)
            }
        }

        @Test func `a descriptor that is always ready does not starve jobs and timers`() async throws {
            try await withLoop { loop in
                let pair = DescriptorPair.sockets()
                let transcript = Transcript(of: String.self)
                try await loop.run {
                    let polled = try loop.poll(pair.near) { _ in }
                    polled.watch(.writable)
                    _ = loop.schedule(afterMilliseconds: 5) { transcript.note("timer") }
                }
                #expect(await transcript.line() == "timer")
                try await loop.run { transcript.note("job") }
                #expect(await transcript.line() == "job")
            }
        }
    }
}

/// A job that never ends, a piece at a time.
private func spin(on loop: EventLoop, until isOver: @escaping @Sendable () -> Bool) {
    if !isOver() { loop.post { spin(on: loop, until: isOver) } }
}
