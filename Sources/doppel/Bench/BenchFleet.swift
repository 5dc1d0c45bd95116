import EventLoop
import MQTTBroker
import TwinCore
import TwinRuntime

/// The devices of a load, each on a connection of its own and made known by a heartbeat.
///
/// Used on the loop only.
final class BenchFleet: @unchecked Sendable {
    /// How many devices connect at a time.
    static let connecting = 50
    /// What marks a publication as a heartbeat.
    private static let heartbeat: UInt64 = 0

    /// What the devices hear; each with the device's index.
    struct Ears: Sendable {
        /// The broker took a publication that is no heartbeat.
        var published: @Sendable (Int) -> Void = { _ in }
        /// Messages arrived.
        var received: @Sendable (Int, InboundBatch) -> Void = { _, _ in }
    }

    private struct Device {
        let id: String
        let link: MosquittoLink
    }

    private let loop: EventLoop
    private let devices: [Device]
    private var ears = Ears()
    private var waiting = 0
    private var onReady: (@Sendable () -> Void)?

    /// Makes devices that are not connected yet.
    ///
    /// - Parameter topic: What each subscribes below its own name; `nil` for nothing.
    init(devices count: Int, port: UInt16, listeningTo topic: String? = nil, on loop: EventLoop) {
        self.loop = loop
        devices = (0..<count).map { index in
            let id = "ESP_\(String(0x10_0000 + index, radix: 16).uppercased())"
            var options = LinkOptions(host: "127.0.0.1", port: port, clientID: id)
            options.version = .v311
            if let topic { options.subscriptions = [Subscription("kaiser/god/esp/\(id)/\(topic)", qos: 1)] }
            return Device(id: id, link: MosquittoLink(loop: loop, options: options))
        }
    }

    /// Connects every device and makes it known.
    func connect(_ ears: Ears, _ onReady: @escaping @Sendable () -> Void) {
        self.ears = ears
        self.onReady = onReady
        waiting = devices.count
        connectNext(devices.indices)
    }

    /// Has a device publish something below its own name.
    ///
    /// - Returns: Whether its connection took it.
    @discardableResult
    func send(_ index: Int, _ topic: String, _ payload: String) -> Bool {
        publish(devices[index], topic, payload, token: Self.heartbeat + 1)
    }

    /// Has a device publish the value of a sensor on its 1-Wire bus.
    ///
    /// - Returns: Whether its connection took it.
    func read(_ index: Int, sequence: Int, address: String) -> Bool {
        let raw = 300 + sequence % 200
        return send(
            index, "sensor/4/data",
            """
            {"esp_id":"\(devices[index].id)","seq":\(sequence),"zone_id":"bench","subzone_id":"","gpio":4,\
            "sensor_type":"ds18b20","raw":\(raw),"value":\(Double(raw) / 16),"unit":"°C","quality":"good",\
            "ts":\(seconds),"time_valid":true,"raw_mode":true,"onewire_address":"\(address)"}
            """)
    }

    private func connectNext(_ rest: Range<Int>) {
        for index in rest.prefix(Self.connecting) {
            var events = LinkEvents()
            events.connected = { [self] _ in beat(devices[index]) }
            events.published = { [self] token in
                if token == Self.heartbeat { beaten() } else { ears.published(index) }
            }
            events.received = { [ears] in ears.received(index, $0) }
            devices[index].link.start(events)
        }
        let later = rest.dropFirst(Self.connecting)
        guard !later.isEmpty else { return }
        _ = loop.schedule(afterMilliseconds: 20) { self.connectNext(later) }
    }

    private func beat(_ device: Device) {
        publish(
            device, "system/heartbeat",
            """
            {"esp_id":"\(device.id)","zone_id":"bench","ts":\(seconds),"uptime":10,"heap_free":171000,\
            "wifi_rssi":-58,"active_handover_epoch":1}
            """, token: Self.heartbeat)
    }

    private func beaten() {
        waiting -= 1
        if waiting == 0 { onReady?() }
    }

    private var seconds: Int64 { loop.moment.time.milliseconds / 1000 }

    @discardableResult
    private func publish(_ device: Device, _ topic: String, _ payload: String, token: UInt64) -> Bool {
        device.link.publish(
            Publication(
                token: token, topic: "kaiser/god/esp/\(device.id)/\(topic)", payload: Array(payload.utf8), qos: 1))
    }
}
