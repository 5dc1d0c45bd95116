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
    }

    let id: String
    private let port: Int
    private let record = Mutex(Record())
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

    /// Forgets what was heard.
    func forget() { record.withLock { $0.messages = [] } }

    /// Connects as the firmware does, with its subscriptions and its retained will.
    func join() async throws {
        var options = LinkOptions(host: "127.0.0.1", port: UInt16(port), clientID: id)
        options.version = .v311
        options.subscriptions = [
            Subscription("\(base)/system/heartbeat/ack", qos: 1),
            Subscription("kaiser/broadcast/emergency", qos: 2), Subscription("\(base)/actuator/+/command", qos: 2),
            Subscription("\(base)/actuator/emergency", qos: 1),
        ]
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

    /// Sends a heartbeat, as the firmware does at QoS 0.
    func beat() async throws { try await say("system/heartbeat", Self.heartbeat(of: id), qos: 0) }

    /// Sends heartbeats until one is answered with a status, and returns the answer.
    @discardableResult
    func register(expecting status: String) async throws -> JSON {
        let already = heard("system/heartbeat/ack").count
        try await eventually("\(id) hears '\(status)'") {
            try await beat()
            return heard("system/heartbeat/ack").dropFirst(already).contains { $0["status"].text == status }
        }
        return heard("system/heartbeat/ack").last { $0["status"].text == status } ?? .null
    }

    /// Sends a reading of a soil-moisture probe.
    func measure(raw: Int) async throws {
        try await say("sensor/34/data", Self.reading(of: id, raw: raw, at: Self.now))
    }

    /// Sends an actuator's status, as a pump on pin 26 does.
    func show(isOn: Bool, emergency: String = "normal") async throws {
        try await say(
            "actuator/26/status",
            """
            {"esp_id":"\(id)","ts":\(Self.now),"gpio":26,"type":"pump","state":\(isOn),"pwm":\(isOn ? 255 : 0),\
            "runtime_ms":0,"emergency":"\(emergency)"}
            """)
    }

    /// A heartbeat.
    static func heartbeat(of id: String) -> String {
        """
        {"esp_id":"\(id)","zone_id":"tent_a","zone_assigned":true,"ts":\(now),"time_valid":true,"uptime":1234,\
        "heap_free":171200,"wifi_rssi":-58,"sensor_count":1,"actuator_count":1,"active_handover_epoch":1,\
        "handover_completed_epoch":1}
        """
    }

    /// A reading of a soil-moisture probe; its time in seconds or in milliseconds, as devices have it.
    static func reading(of id: String, raw: Int, at time: Int) -> String {
        """
        {"esp_id":"\(id)","seq":\(raw),"zone_id":"tent_a","subzone_id":"","gpio":34,"sensor_type":"moisture",\
        "raw":\(raw),"value":0.0,"unit":"%","quality":"good","ts":\(time),"time_valid":true,"raw_mode":true}
        """
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
