import EventLoop
import Logging
import PostgresCluster
import PostgresHistory
import Synchronization
import Testing
import TwinCore
import TwinRuntime

/// Waits of tests: short enough to try again within a test.
let quickLimits = ReconnectPolicy.Limits(
    floorMilliseconds: 20, ceilingMilliseconds: 100, failuresToOpen: 1_000, openMilliseconds: 100,
    stableMilliseconds: 1_000)

/// The same where work fails at once while there is no connection.
let impatientLimits = ReconnectPolicy.Limits(
    floorMilliseconds: 20, ceilingMilliseconds: 100, failuresToOpen: 1, openMilliseconds: 100,
    stableMilliseconds: 1_000)

/// A deadline that only a test which hangs reaches.
let longMilliseconds: Int64 = 60_000

/// Runs a test with a started link and its loop, which are stopped afterwards.
func withLink(
    _ url: String, configure: (inout PostgresLinkOptions) -> Void = { _ in },
    _ body: (PostgresLink, LinkRecorder) async throws -> Void
) async throws {
    let loop = try EventLoop()
    loop.start()
    var options = PostgresLinkOptions(address: try PostgresAddress(url: url))
    options.reconnecting = quickLimits
    options.deadlineMilliseconds = longMilliseconds
    configure(&options)
    let recorder = LinkRecorder(loop)
    let link = PostgresLink(loop: loop, options: options, events: recorder.events, logger: recorder.logger)
    await loop.run { link.start { _ in } }
    var failure: (any Error)?
    do { try await body(link, recorder) } catch { failure = error }
    await withCheckedContinuation { continuation in loop.post { link.stop { continuation.resume() } } }
    loop.stop()
    await Task.detached { loop.join() }.value
    if let failure { throw failure }
}

/// Runs a test with a link to a new database of the shared server.
func withDatabase(
    configure: (inout PostgresLinkOptions) -> Void = { _ in },
    _ body: (PostgresLink, LinkRecorder) async throws -> Void
) async throws {
    let cluster = try await PostgresCluster.shared
    try await withLink(try await cluster.url(cluster.makeDatabase()), configure: configure, body)
}

/// Runs a test with a server of its own, which it may stop or kill.
func withCluster(isSecured: Bool = false, _ body: (PostgresCluster) async throws -> Void) async throws {
    let cluster = try await PostgresCluster(isSecured: isSecured)
    do { try await body(cluster) } catch {
        try await cluster.discard()
        throw error
    }
    try await cluster.discard()
}

/// Writes down what a link tells its owner and the log, and counts what else the loop gets done.
final class LinkRecorder: Sendable {
    let loop: EventLoop
    private let record = Mutex(Record())

    struct Record {
        var connected: [String] = []
        var disconnected: [String] = []
        var notified: [String] = []
        var log: [String] = []
        var ticks = 0
        var isTicking = false
    }

    init(_ loop: EventLoop) { self.loop = loop }

    var events: PostgresLinkEvents {
        var events = PostgresLinkEvents()
        events.connected = { server in self.record.withLock { $0.connected.append(server) } }
        events.disconnected = { reason, _ in self.record.withLock { $0.disconnected.append(reason) } }
        events.notified = { channel, payload in self.record.withLock { $0.notified.append("\(channel): \(payload)") } }
        return events
    }

    var logger: Logger {
        var logger = Logger(label: "test") { _ in LineLog { line in self.record.withLock { $0.log.append(line) } } }
        logger.logLevel = .trace
        return logger
    }

    /// Counts how often the loop runs a timer of a millisecond from now on.
    func beginTicking() async {
        await loop.run { [self] in
            record.withLock { $0.isTicking = true }
            tick()
        }
    }

    /// Stops counting.
    func endTicking() -> Int {
        record.withLock {
            $0.isTicking = false
            return $0.ticks
        }
    }

    private func tick() {
        guard record.withLock({ $0.isTicking }) else { return }
        record.withLock { $0.ticks += 1 }
        _ = loop.schedule(afterMilliseconds: 1) { self.tick() }
    }

    var connected: [String] { record.withLock { $0.connected } }
    var disconnected: [String] { record.withLock { $0.disconnected } }
    var notified: [String] { record.withLock { $0.notified } }
    var log: [String] { record.withLock { $0.log } }
}

/// A log that hands on whole lines.
struct LineLog: LogHandler {
    let take: @Sendable (String) -> Void
    var metadata = Logger.Metadata()
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { take("\(event.level) \(event.message) \(event.metadata ?? [:])") }

    init(_ take: @escaping @Sendable (String) -> Void) { self.take = take }
}

extension EventLoop {
    /// Runs something on the loop and waits for its result.
    func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            post { continuation.resume(returning: body()) }
        }
    }
}

/// How a link fares.
func vitals(of link: PostgresLink, _ recorder: LinkRecorder) async -> PartVitals {
    await recorder.loop.run { link.vitals() }
}

/// The failure that something ends with.
func failure(of body: () async throws(PostgresFailure) -> Void) async -> PostgresFailure? {
    do {
        try await body()
        return nil
    } catch {
        return error
    }
}
