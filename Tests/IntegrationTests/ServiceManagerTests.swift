import EventLoop
import Foundation
import Logging
import Synchronization
import Testing
import TwinRuntime

@testable import doppel

@Suite(.timeLimit(.minutes(4))) struct ServiceManagerTests {
    private func abstractSocket() throws -> NotifySocket { try NotifySocket("@doppel-test-\(UUID().uuidString)") }

    private func manager(_ socket: NotifySocket, _ more: [String: String] = [:]) throws -> ServiceManager? {
        try ServiceManager(
            environment: ["NOTIFY_SOCKET": socket.address].merging(more) { _, new in new }, processID: getpid())
    }

    @Test func `words arrive in one datagram, at a path and at an abstract name`() throws {
        let folder = FileManager.default.temporaryDirectory.path
        let path = "\(folder)/doppel-\(UUID().uuidString.prefix(8)).socket"
        defer { _ = unsafe unlink(path) }
        for socket in [try NotifySocket(path), try abstractSocket()] {
            let manager = try #require(try manager(socket))
            try manager.tell([.ready, .status("two\nlines\u{1B}")])
            try manager.tell([.watchdog])
            try manager.tell([.stopping])
            #expect(
                socket.read() == [["READY=1", "STATUS=two\u{FFFD}lines\u{FFFD}"], ["WATCHDOG=1"], ["STOPPING=1"]])
        }
    }

    @Test func `without a service manager there is nobody to tell`() throws {
        #expect(try ServiceManager(environment: [:], processID: 1) == nil)
        #expect(try ServiceManager(environment: ["NOTIFY_SOCKET": ""], processID: 1) == nil)
    }

    @Test(arguments: ["relative/path", "vsock:2:1234", "@", "/" + String(repeating: "x", count: 107)])
    func `an address that is none is named`(text: String) {
        #expect(throws: ServiceManager.Failure.address(text)) {
            try ServiceManager(environment: ["NOTIFY_SOCKET": text], processID: 1)
        }
    }

    @Test func `the watchdog is fed twice in its time, and only by the process that it is meant for`() throws {
        let socket = try abstractSocket()
        #expect(try manager(socket)?.watchdogMilliseconds == nil)
        #expect(try manager(socket, ["WATCHDOG_USEC": "30000000"])?.watchdogMilliseconds == 15_000)
        let ours = ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "\(getpid())"]
        #expect(try manager(socket, ours)?.watchdogMilliseconds == 15_000)
        #expect(try manager(socket, ["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"])?.watchdogMilliseconds == nil)
        #expect(try manager(socket, ["WATCHDOG_USEC": "soon"])?.watchdogMilliseconds == nil)
    }

    @Test func `a service manager that has gone is no trouble but a word in the log`() throws {
        let asked: ServiceManager?
        do {
            asked = try manager(try abstractSocket())
        }
        let manager = try #require(asked)
        #expect(throws: ServiceManager.Failure.refused(manager.address, ECONNREFUSED)) { try manager.tell([.ready]) }
    }

    /// A reporter on a loop of its own that reports every 20 ms, beside what its probe is to say.
    private func report(
        to socket: NotifySocket, _ test: (EventLoop, ServiceReporter, Silence) async throws -> Void
    ) async throws {
        let manager = try manager(socket, ["WATCHDOG_USEC": "40000"])
        let loop = try EventLoop()
        loop.start()
        let silence = Silence()
        let reporter = ServiceReporter(
            to: manager, on: loop, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            probe: { silence.reason.withLock { $0 } }, status: { "6 of 6 parts run" })
        loop.post { reporter.treeRuns() }
        try await test(loop, reporter, silence)
        loop.stop()
        loop.join()
    }

    /// Lets the time of several looks pass, by the tests' own loop.
    private func severalLooksLater() async {
        await withCheckedContinuation { continuation in
            TestLoop.shared.post {
                _ = TestLoop.shared.schedule(afterMilliseconds: 200) { continuation.resume() }
            }
        }
    }

    @Test func `the watchdog is fed while everything answers, and no longer`() async throws {
        let socket = try abstractSocket()
        try await report(to: socket) { loop, reporter, silence in
            var lines: [String] = []
            try await eventually("it is fed") {
                lines += socket.lines()
                return lines.count { $0 == "WATCHDOG=1" } >= 3
            }
            #expect(lines.prefix(3) == ["READY=1", "WATCHDOG=1", "STATUS=6 of 6 parts run"])
            #expect(lines.count { $0 == "READY=1" } == 1)

            silence.reason.withLock { $0 = "the journal does not answer" }
            try await eventually("the status says so") {
                socket.lines().contains("STATUS=the journal does not answer")
            }
            await severalLooksLater()
            #expect(socket.lines() == [])

            silence.reason.withLock { $0 = nil }
            try await eventually("it is fed again") { socket.lines().contains("WATCHDOG=1") }
            loop.post { reporter.ends("a signal asked for it") }
            try await eventually("the end is told") {
                socket.read().contains(["STOPPING=1", "STATUS=ending: a signal asked for it"])
            }
        }
    }

    @Test func `a loop that hangs does not feed the watchdog`() async throws {
        let socket = try abstractSocket()
        try await report(to: socket) { loop, _, _ in
            try await eventually("it is fed") { socket.lines().contains("WATCHDOG=1") }
            let hanging = DispatchSemaphore(value: 0)
            let hangs = Atomic(false)
            loop.post {
                hangs.store(true, ordering: .releasing)
                hanging.wait()
            }
            try await eventually("the loop hangs") { hangs.load(ordering: .acquiring) }
            _ = socket.lines()
            await severalLooksLater()
            #expect(socket.lines() == [])
            hanging.signal()
            try await eventually("it is fed again") { socket.lines().contains("WATCHDOG=1") }
        }
    }
}

/// What a probe is to say.
private final class Silence: Sendable {
    let reason = Mutex<String?>(nil)
}
