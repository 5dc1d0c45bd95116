import EventLoop
import Foundation
import Synchronization
import TestSupport
import Testing

/// A real mosquitto on a free port of loopback, with a temporary folder, ended by its own process id.
///
/// It is started by a loop of its own: Foundation's `Process` would hand it down the blocked signals of the thread it
/// is called on, and a broker that never sees SIGTERM never saves its sessions.
final class TestBroker: Sendable {
    let port: UInt16
    let folder: URL
    private let loop: EventLoop
    private let process = Mutex<ChildProcess?>(nil)
    private let hasEnded = Mutex(false)

    /// Prepares a broker with the given lines besides those every test needs.
    init(listenerLines: [String], prepare: (URL) throws -> [String]) throws {
        port = try freePort()
        folder = FileManager.default.temporaryDirectory.appending(path: "doppel-mqtt-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        loop = try EventLoop()
        loop.start()
        var lines = [
            "persistence true", "persistence_location \(folder.path)/", "max_inflight_messages 0",
            "max_queued_messages 0", "set_tcp_nodelay true", "log_dest none",
        ]
        // Root would otherwise become a user who cannot write into the folder.
        if getuid() == 0 { lines.append("user root") }
        lines.append("listener \(port) 127.0.0.1")
        lines += listenerLines
        lines += try prepare(folder)
        try lines.joined(separator: "\n").write(to: configuration, atomically: true, encoding: .utf8)
    }

    private var configuration: URL { folder.appending(path: "mosquitto.conf") }

    /// Starts the broker on its port, and waits until it takes connections.
    func start() async throws {
        let specification = ChildSpecification(
            executable: try program("mosquitto").path, arguments: ["-c", configuration.path])
        hasEnded.withLock { $0 = false }
        let child = await loop.run { [self] in
            Result { try loop.spawn(specification) { _ in self.hasEnded.withLock { $0 = true } } }
        }
        let started = try child.get()
        process.withLock { $0 = started }
        await eventually("mosquitto takes connections") { canConnect(to: self.port) }
    }

    /// Sends the broker a signal, such as one that makes it stand still.
    func signal(_ number: Int32) async {
        guard let child = process.withLock({ $0 }) else { return }
        _ = await loop.run { child.signal(number) }
    }

    /// Ends the broker in an orderly way: it saves its sessions.
    func stop() async {
        guard let child = process.withLock({ $0.take() }) else { return }
        _ = await loop.run { child.signal(SIGTERM) }
        await eventually("mosquitto has ended") { self.hasEnded.withLock { $0 } }
    }

    /// Ends the broker and removes its folder.
    func discard() async {
        await stop()
        await end(loop)
        try? FileManager.default.removeItem(at: folder)
    }
}

/// Runs a test with a broker of its own, which is ended and removed afterwards.
func withBroker(
    listenerLines: [String] = ["allow_anonymous true"], prepare: (URL) throws -> [String] = { _ in [] },
    _ body: (TestBroker) async throws -> Void
) async throws {
    let broker = try TestBroker(listenerLines: listenerLines, prepare: prepare)
    do {
        try await broker.start()
        try await body(broker)
    } catch {
        await broker.discard()
        throw error
    }
    await broker.discard()
}

/// Runs a program to its end and returns what it wrote to standard output.
@discardableResult
func output(of name: String, _ arguments: [String], in folder: URL? = nil) throws -> String {
    let process = Process()
    process.executableURL = try program(name)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let written = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: written, as: UTF8.self)
}

/// What mosquitto_sub writes for the first message it gets, as its JSON.
func firstMessage(on topic: String, of broker: TestBroker) throws -> String {
    try output(
        of: "mosquitto_sub",
        ["-p", "\(broker.port)", "-V", "5", "-t", topic, "-q", "1", "-F", "%j", "-C", "1", "-W", "10"])
}

private func program(_ name: String) throws -> URL {
    let folders = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/sbin"]
    let candidates = folders.map { URL(filePath: $0).appending(path: name) }
    guard let found = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
        throw CocoaError(.fileNoSuchFile, userInfo: [NSFilePathErrorKey: name])
    }
    return found
}
