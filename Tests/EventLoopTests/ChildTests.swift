import EventLoop
import Foundation
import Testing

extension EventLoopTests {
    @Suite struct ChildTests {
        /// What a test sees of a child.
        enum Event: Sendable, Equatable {
            case line(ChildLine.Stream, String)
            case ended(ChildExit)
        }

        private func shell(_ script: String, _ transcript: Transcript<Event>) -> ChildSpecification {
            ChildSpecification(executable: "/bin/sh", arguments: ["-c", script]) { line in
                transcript.note(.line(line.stream, line.text))
            }
        }

        @Test func `a child's lines come before its exit code`() async throws {
            try await withLoop { loop in
                let transcript = Transcript(of: Event.self)
                try await loop.run {
                    _ = try loop.spawn(shell("echo hi; printf there; exit 3", transcript)) { exit in
                        #expect(loop.isOnLoop)
                        transcript.note(.ended(exit))
                    }
                }
                #expect(
                    await transcript.lines(3) == [
                        .line(.standardOutput, "hi"), .line(.standardOutput, "there"), .ended(.exited(code: 3)),
                    ])
            }
        }

        @Test func `what a child complains about is told apart`() async throws {
            try await withLoop { loop in
                let transcript = Transcript(of: Event.self)
                try await loop.run {
                    _ = try loop.spawn(shell("echo trouble >&2", transcript)) { transcript.note(.ended($0)) }
                }
                #expect(
                    await transcript.lines(2) == [.line(.standardError, "trouble"), .ended(.exited(code: 0))])
            }
        }

        @Test func `a signal ends a child that would sleep on`() async throws {
            try await withLoop { loop in
                let transcript = Transcript(of: Event.self)
                let child = try await loop.run {
                    try loop.spawn(ChildSpecification(executable: "sleep", arguments: ["60"])) {
                        transcript.note(.ended($0))
                    }
                }
                #expect(child.processID > 1)
                #expect(try await loop.run { child.signal(SIGTERM) })
                #expect(await transcript.line() == .ended(.signalled(number: SIGTERM)))
                #expect(try await loop.run { child.signal(SIGTERM) } == false)
            }
        }

        @Test func `environment and working folder are the child's own`() async throws {
            try await withLoop { loop in
                let transcript = Transcript(of: Event.self)
                try await loop.run {
                    var specification = shell("echo $GREETING; pwd; echo ${HOME-none}", transcript)
                    specification.environment = ["GREETING": "good day"]
                    specification.workingDirectory = "/"
                    _ = try loop.spawn(specification) { transcript.note(.ended($0)) }
                }
                #expect(
                    await transcript.lines(4) == [
                        .line(.standardOutput, "good day"), .line(.standardOutput, "/"),
                        .line(.standardOutput, "none"), .ended(.exited(code: 0)),
                    ])
            }
        }

        @Test func `a line beyond the limit is cut, and the next one is whole`() async throws {
            try await withLoop { loop in
                let transcript = Transcript(of: ChildLine.self)
                let script = "head -c 100000 /dev/zero | tr '\\0' x; echo; echo after"
                try await loop.run {
                    let specification = ChildSpecification(executable: "/bin/sh", arguments: ["-c", script]) {
                        transcript.note($0)
                    }
                    _ = try loop.spawn(specification) { _ in }
                }
                let lines = await transcript.lines(2)
                #expect(lines[0].text == String(repeating: "x", count: ChildLine.maximumBytes))
                #expect(lines.map(\.isCut) == [true, false])
                #expect(lines[1].text == "after")
            }
        }

        @Test func `a program that is not there is refused, and leaves nothing behind`() async throws {
            try await withLoop { loop in
                let refusal = try await loop.run { () -> EventLoopError? in
                    do throws(EventLoopError) {
                        _ = try loop.spawn(ChildSpecification(executable: "/nowhere/to/be/found")) { _ in
                            Issue.record("Nothing was started.")
                        }
                        return nil
                    } catch { return error }
                }
                #expect(refusal?.name == "ENOENT")
            }
        }

        @Test func `a grandchild that keeps the pipe open does not hold back the exit for ever`() async throws {
            try await withLoop { loop in
                let transcript = Transcript(of: Event.self)
                let child = try await loop.run {
                    try loop.spawn(shell("sleep 60 & echo started", transcript)) { transcript.note(.ended($0)) }
                }
                #expect(
                    await transcript.lines(2) == [.line(.standardOutput, "started"), .ended(.exited(code: 0))])
                kill(-child.processID, SIGKILL)
            }
        }

        @Test func `stopping the loop kills a child, its own children, and reports the end`() async throws {
            let loop = try EventLoop()
            loop.start()
            let transcript = Transcript(of: Event.self)
            let child = try await loop.run {
                try loop.spawn(shell("sleep 60 & echo ready; wait", transcript)) { transcript.note(.ended($0)) }
            }
            #expect(await transcript.line() == .line(.standardOutput, "ready"))
            loop.stop()
            loop.join()
            #expect(await transcript.line() == .ended(.signalled(number: SIGKILL)))
            // Reaped, so there is no such process any more.
            #expect(kill(child.processID, 0) == -1 && errno == ESRCH)
        }

        @Test func `a signal to the process is an event on the loop`() async throws {
            try await withLoop { loop in
                let transcript = Transcript(of: Bool.self)
                let watch = try await loop.run {
                    try loop.onSignal(SIGUSR1) { transcript.note(loop.isOnLoop) }
                }
                kill(getpid(), SIGUSR1)
                #expect(await transcript.line() == true)
                try await loop.run { watch.close() }
            }
        }
    }
}
