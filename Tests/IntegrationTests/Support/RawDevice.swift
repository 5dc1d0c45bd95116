import EventLoop
import Foundation
import MQTTBroker
import Synchronization
import TwinRuntime

/// A device that speaks MQTT 3.1.1 by hand: it sends what the test says and writes down what it hears.
final class RawDevice: Sendable {
    /// A message that came.
    struct Message: Sendable {
        let topic: String
        let json: JSON
        let isEmpty: Bool
    }

    private struct Record {
        var messages: [Message] = []
        var connections = 0
        var taken: Set<UInt64> = []
        var lastToken: UInt64 = 0
        var link: MosquittoLink?
        var standing = Standing()
    }

    /// What the device says of itself in its heartbeats.
    struct Standing: Sendable {
        var zone = "tent_a"
        var sensors = 1
        var actuators = 1
        /// The parts it was told to have, by section; what it counts from then on.
        var parts: [String: Set<String>] = [:]
    }

    let id: String
    private let port: Int
    private let record = Mutex(Record())
    /// What it listens to of its own topics: the firmware's list, and what only documents let devices hear.
    private static let subscriptions: [(topic: String, qos: UInt8)] = [
        ("system/heartbeat/ack", 1), ("config", 2), ("system/command", 2), ("actuator/+/command", 2),
        ("actuator/emergency", 1), ("zone/assign", 1), ("subzone/assign", 1), ("subzone/remove", 1),
        ("subzone/safe", 1), ("sensor/+/command", 2), ("sensor/+/processed", 1), ("pi_enhanced/response", 1),
        ("mqtt/auth_update", 1), ("library/download_start", 1), ("library/chunk", 1), ("library/download_complete", 1),
    ]
    private static let patience = ReconnectPolicy.Limits(
        floorMilliseconds: 50, ceilingMilliseconds: 200, failuresToOpen: 1000, openMilliseconds: 200)

    init(_ id: String, port: Int) {
        self.id = id
        self.port = port
    }

    /// What every topic of the device begins with.
    var base: String { "kaiser/god/esp/\(id)" }

    /// Everything heard so far, in the order of arrival.
    var messages: [Message] { record.withLock { $0.messages } }

    /// What was heard on one of the device's topics.
    func heard(_ topic: String) -> [JSON] { messages.filter { $0.topic == "\(base)/\(topic)" }.map(\.json) }

    /// What the device says of itself in its heartbeats.
    var standing: Standing {
        get { record.withLock { $0.standing } }
        set { record.withLock { $0.standing = newValue } }
    }

    /// Waits for a message on one of the device's topics, counted from 1 since the last ``forget()``; returns it.
    func hear(_ topic: String, number: Int = 1) async throws -> JSON {
        try await eventually("\(id) hears \(topic) for the \(number). time") { heard(topic).count >= number }
        return heard(topic)[number - 1]
    }

    /// Forgets what was heard.
    func forget() { record.withLock { $0.messages = [] } }

    /// Connects as the firmware does, with its subscriptions and its retained will.
    func join() async throws {
        var options = LinkOptions(host: "127.0.0.1", port: UInt16(port), clientID: id)
        options.version = .v311
        options.subscriptions =
            [Subscription("kaiser/broadcast/emergency", qos: 2)]
            + Self.subscriptions.map { Subscription("\(base)/\($0.topic)", qos: $0.qos) }
        let will = Array(#"{"status":"offline","esp_id":"\#(id)","reason":"unexpected_disconnect","timestamp":0}"#.utf8)
        let topic = "\(base)/system/will"
        options.will = { LinkWill(topic: topic, payload: will, qos: 1, isRetained: true) }
        let link = MosquittoLink(
            loop: TestLoop.shared, options: options, policy: ReconnectPolicy(limits: Self.patience))
        record.withLock { record in
            record.link = link
            record.connections = 0
        }
        var events = LinkEvents()
        events.connected = { _ in self.record.withLock { $0.connections += 1 } }
        events.received = { batch in self.take(batch) }
        events.published = { token in self.record.withLock { _ = $0.taken.insert(token) } }
        let heard = events
        await TestLoop.run { link.start(heard) }
        try await eventually("\(id) is connected") { record.withLock { $0.connections } > 0 }
    }

    /// Says goodbye; the broker keeps the will to itself.
    func leave() async {
        guard let link = record.withLock({ $0.link.take() }) else { return }
        await withCheckedContinuation { continuation in
            TestLoop.shared.post { link.stop { continuation.resume() } }
        }
    }

    /// Loses the connection, as if the power had failed: the broker publishes the will.
    ///
    /// The link comes back by itself.
    func drop() async {
        let link = record.withLock { $0.link }
        await TestLoop.run { link?.cut() }
    }

    /// Publishes bytes and waits until the broker has them.
    func publish(_ topic: String, _ payload: [UInt8], qos: UInt8 = 1) async throws {
        let (link, token) = record.withLock { record in
            record.lastToken += 1
            return (record.link, record.lastToken)
        }
        let publication = Publication(token: token, topic: topic, payload: payload, qos: qos)
        try await eventually("\(id) may publish") { await TestLoop.run { link?.publish(publication) ?? false } }
        try await eventually("the broker takes it") { record.withLock { $0.taken.contains(token) } }
    }

    /// Publishes text on one of the device's own topics.
    func say(_ topic: String, _ text: String, qos: UInt8 = 1) async throws {
        try await publish("\(base)/\(topic)", Array(text.utf8), qos: qos)
    }

    /// Civil time, in seconds.
    static var now: Int { Int(Date.now.timeIntervalSince1970) }

    private func take(_ batch: InboundBatch) {
        let messages = batch.entries.map { entry in
            Message(
                topic: String(decoding: batch.bytes[entry.topic], as: UTF8.self),
                json: (try? JSON(bytes: batch.bytes[entry.payload])) ?? .null, isEmpty: entry.payload.isEmpty)
        }
        record.withLock { $0.messages += messages }
    }
}
