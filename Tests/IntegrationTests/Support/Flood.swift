import EventLoop
import MQTTBroker
import Synchronization
import TwinRuntime

/// A publisher that sends readings as fast as the broker takes them or at a pace, each until its acknowledgement.
final class Flood: Sendable {
    private struct Record {
        /// What is still to be sent, last first.
        var waiting: [Publication]
        /// What was sent and not acknowledged, by token.
        var outstanding: [UInt64: Publication] = [:]
        var acknowledged = 0
        /// How many were taken from those waiting.
        var sent = 0
        var isPaused = false
        var startedAt: ContinuousClock.Instant?
        var endedAt: ContinuousClock.Instant?
    }

    /// How many publications are under way at once.
    private static let window = 500
    /// How often a paced flood sends what is due, in milliseconds.
    private static let tickMilliseconds: Int64 = 5

    private let record: Mutex<Record>
    private let link: MosquittoLink
    private let perSecond: Int?

    /// Makes a flood; `perSecond` is how many readings it sends at most.
    init(_ readings: [(topic: String, payload: String)], port: Int, perSecond: Int? = nil) {
        self.perSecond = perSecond
        let publications = readings.enumerated().map { number, reading in
            Publication(token: UInt64(number), topic: reading.topic, payload: Array(reading.payload.utf8), qos: 1)
        }
        record = Mutex(Record(waiting: publications.reversed()))
        var options = LinkOptions(host: "127.0.0.1", port: UInt16(port), clientID: "flood")
        options.version = .v311
        link = MosquittoLink(loop: TestLoop.shared, options: options)
    }

    /// How many readings the broker has acknowledged.
    var acknowledged: Int { record.withLock { $0.acknowledged } }

    /// Whether there is nothing left to send.
    var isExhausted: Bool { record.withLock { $0.waiting.isEmpty && $0.outstanding.isEmpty } }

    /// How many readings the broker took per second, from the first to the last; `nil` before the end.
    var rate: Double? {
        record.withLock { record in
            guard let start = record.startedAt, let end = record.endedAt else { return nil }
            return Double(record.acknowledged) * 1000 / Double(max(1, (end - start).wholeMilliseconds))
        }
    }

    /// Sends nothing more, and waits until the broker has acknowledged what was sent.
    func pause() async throws {
        record.withLock { $0.isPaused = true }
        try await eventually("all that was sent is acknowledged") { record.withLock { $0.outstanding.isEmpty } }
    }

    /// Goes on.
    func resume() { record.withLock { $0.isPaused = false } }

    /// Begins to publish.
    func start() async {
        var events = LinkEvents()
        events.connected = { _ in
            self.record.withLock { if $0.startedAt == nil { $0.startedAt = .now } }
            self.pump()
            if self.perSecond != nil { self.tick() }
        }
        events.published = { token in
            self.record.withLock { record in
                if record.outstanding.removeValue(forKey: token) != nil { record.acknowledged += 1 }
                if record.outstanding.isEmpty, record.waiting.isEmpty {
                    record.endedAt = .now
                }
            }
            self.pump()
        }
        events.disconnected = { _, _ in
            self.record.withLock { record in
                record.sent -= record.outstanding.count
                record.waiting += record.outstanding.values.sorted { $0.token > $1.token }
                record.outstanding = [:]
            }
        }
        let heard = events
        await TestLoop.run { self.link.start(heard) }
    }

    /// Ends the connection.
    func end() async {
        await withCheckedContinuation { continuation in
            TestLoop.shared.post { self.link.stop { continuation.resume() } }
        }
    }

    private func pump() {
        while let next = next() {
            guard link.publish(next) else {
                record.withLock { record in
                    record.outstanding[next.token] = nil
                    record.waiting.append(next)
                    record.sent -= 1
                }
                return
            }
        }
    }

    /// Sends what is due, and looks again soon.
    private func tick() {
        pump()
        guard record.withLock({ !$0.waiting.isEmpty }) else { return }
        _ = TestLoop.shared.schedule(afterMilliseconds: Self.tickMilliseconds) { self.tick() }
    }

    /// Takes the next publication, as long as the window has room and the pace allows it.
    private func next() -> Publication? {
        record.withLock { record in
            guard !record.isPaused, record.outstanding.count < Self.window, record.sent < due(record.startedAt),
                let next = record.waiting.popLast()
            else { return nil }
            record.sent += 1
            record.outstanding[next.token] = next
            return next
        }
    }

    /// How many readings may have been sent by now.
    private func due(_ start: ContinuousClock.Instant?) -> Int {
        guard let perSecond else { return .max }
        guard let start else { return 0 }
        return (ContinuousClock.now - start).wholeMilliseconds * perSecond / 1000
    }
}

extension Duration {
    /// How many milliseconds have passed entirely.
    var wholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}
