import EventLoop
import MQTTBroker
import Synchronization
import TwinCore
import TwinRuntime

/// Writes down what a broker tells the runtime; acknowledges by itself if asked to.
final class BrokerRecorder: BrokerEvents {
    struct Record {
        var batches: [InboundBatch] = []
        var acknowledged: [UInt64] = []
        var changes: [BrokerConnection: [BrokerConnectionState]] = [:]
        var dropped: [UInt64] = []
        var heard: [String] = []
        var isAcknowledging = false
    }

    private let record = Mutex(Record())
    private let broker = Mutex<MosquittoBroker?>(nil)

    func attach(_ broker: MosquittoBroker, acknowledging isAcknowledging: Bool) {
        self.broker.withLock { $0 = broker }
        record.withLock { $0.isAcknowledging = isAcknowledging }
    }

    func detach() { broker.withLock { $0 = nil } }

    func received(_ batch: InboundBatch) {
        let isAcknowledging = record.withLock {
            $0.batches.append(batch)
            return $0.isAcknowledging
        }
        if isAcknowledging { broker.withLock { $0 }?.acknowledge() }
    }

    func publicationAcknowledged(_ token: UInt64) { record.withLock { $0.acknowledged.append(token) } }

    func publicationDropped(_ token: UInt64) { record.withLock { $0.dropped.append(token) } }

    func heard(_ orders: InboundBatch) {
        let words = orders.entries.map { entry in
            String(decoding: orders.bytes[entry.payload], as: UTF8.self) + (entry.isRetained ? " retained" : "")
        }
        record.withLock { $0.heard += words }
    }

    func connection(_ connection: BrokerConnection, changedTo state: BrokerConnectionState) {
        record.withLock { $0.changes[connection, default: []].append(state) }
    }

    var batches: [InboundBatch] { record.withLock { $0.batches } }
    var payloads: [String] { batches.flatMap(\.payloads) }
    var acknowledged: [UInt64] { record.withLock { $0.acknowledged } }
    var dropped: [UInt64] { record.withLock { $0.dropped } }
    /// Payloads heard on the control connection, with a word behind those that were retained.
    var heard: [String] { record.withLock { $0.heard } }
    func changes(of connection: BrokerConnection) -> [BrokerConnectionState] {
        record.withLock { $0.changes[connection] ?? [] }
    }
    func isUp(_ connection: BrokerConnection) -> Bool {
        if case .connected = changes(of: connection).last { true } else { false }
    }
}

/// Writes down what a link tells its owner.
final class LinkRecorder: Sendable {
    struct Record {
        var connected: [Bool] = []
        var disconnected: [String] = []
        var payloads: [String] = []
        var published: [UInt64] = []
    }

    private let record = Mutex(Record())

    var events: LinkEvents {
        var events = LinkEvents()
        events.connected = { wasResumed in self.record.withLock { $0.connected.append(wasResumed) } }
        events.disconnected = { reason, _ in self.record.withLock { $0.disconnected.append(reason) } }
        events.received = { batch in self.record.withLock { $0.payloads += batch.payloads } }
        events.published = { token in self.record.withLock { $0.published.append(token) } }
        return events
    }

    var connected: [Bool] { record.withLock { $0.connected } }
    var disconnected: [String] { record.withLock { $0.disconnected } }
    var payloads: [String] { record.withLock { $0.payloads } }
    var published: [UInt64] { record.withLock { $0.published } }
}

extension InboundBatch {
    var payloads: [String] { entries.map { String(decoding: bytes[$0.payload], as: UTF8.self) } }
    var topics: [String] { entries.map { String(decoding: bytes[$0.topic], as: UTF8.self) } }
}
