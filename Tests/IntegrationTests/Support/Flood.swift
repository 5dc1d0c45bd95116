import EventLoop
import MQTTBroker
import Synchronization
import TwinRuntime

/// A publisher that sends readings as fast as the broker takes them, each until its acknowledgement.
final class Flood: Sendable {
    private struct Record {
        /// What is still to be sent, last first.
        var waiting: [Publication]
        /// What was sent and not acknowledged, by token.
        var outstanding: [UInt64: Publication] = [:]
        var acknowledged = 0
    }

    /// How many publications are under way at once.
    private static let window = 500

    private let record: Mutex<Record>
    private let link: MosquittoLink

    init(_ readings: [(topic: String, payload: String)], port: Int) {
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

    /// Begins to publish.
    func start() async {
        var events = LinkEvents()
        events.connected = { _ in self.pump() }
        events.published = { token in
            self.record.withLock { record in
                if record.outstanding.removeValue(forKey: token) != nil { record.acknowledged += 1 }
            }
            self.pump()
        }
        events.disconnected = { _, _ in
            self.record.withLock { record in
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
                }
                return
            }
        }
    }

    /// Takes the next publication, as long as the window has room.
    private func next() -> Publication? {
        record.withLock { record in
            guard record.outstanding.count < Self.window, let next = record.waiting.popLast() else { return nil }
            record.outstanding[next.token] = next
            return next
        }
    }
}
