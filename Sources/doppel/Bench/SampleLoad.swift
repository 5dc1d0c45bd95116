import EventLoop
import Logging
import MQTTBroker
import TwinCore
import TwinRuntime

/// Devices that publish samples as fast as their broker acknowledges them.
///
/// Used on the loop only.
final class SampleLoad: @unchecked Sendable {
    /// How many publications of one device are under way; what the firmware's own client allows.
    static let window = 20
    /// How many devices connect at a time.
    static let connecting = 50

    private final class Device: @unchecked Sendable {
        let id: String
        let link: MosquittoLink
        var left: Int
        var underWay = 0
        var sequence = 1

        init(id: String, link: MosquittoLink, left: Int) {
            self.id = id
            self.link = link
            self.left = left
        }
    }

    private let loop: EventLoop
    private var devices: [Device] = []
    private var waiting = 0
    private var isPublishing = false
    private var unfinished = 0
    private var onReady: (@Sendable () -> Void)?
    private var onDone: (@Sendable () -> Void)?

    init(devices count: Int, messages: Int, port: UInt16, on loop: EventLoop) {
        self.loop = loop
        devices = (0..<count).map { index in
            let digits = String(0x10_0000 + index, radix: 16).uppercased()
            var options = LinkOptions(host: "127.0.0.1", port: port, clientID: "ESP_\(digits)")
            options.version = .v311
            let share = messages / count + (index < messages % count ? 1 : 0)
            return Device(id: "ESP_\(digits)", link: MosquittoLink(loop: loop, options: options), left: share)
        }
    }

    /// Connects every device and makes it known by a heartbeat.
    func connect(_ onReady: @escaping @Sendable () -> Void) {
        self.onReady = onReady
        waiting = devices.count
        connectNext(devices[...])
    }

    /// Publishes all samples.
    func publish(_ onDone: @escaping @Sendable () -> Void) {
        self.onDone = onDone
        isPublishing = true
        unfinished = devices.count
        for device in devices { fill(device) }
    }

    private func connectNext(_ rest: ArraySlice<Device>) {
        for device in rest.prefix(Self.connecting) {
            var events = LinkEvents()
            events.connected = { [self] _ in beat(device) }
            events.published = { [self] _ in acknowledged(device) }
            device.link.start(events)
        }
        let later = rest.dropFirst(Self.connecting)
        guard !later.isEmpty else { return }
        _ = loop.schedule(afterMilliseconds: 20) { self.connectNext(later) }
    }

    private func beat(_ device: Device) {
        let seconds = loop.moment.time.milliseconds / 1000
        send(
            device, "system/heartbeat",
            """
            {"esp_id":"\(device.id)","zone_id":"bench","ts":\(seconds),"uptime":10,"heap_free":171000,"wifi_rssi":-58,\
            "active_handover_epoch":1}
            """)
    }

    private func acknowledged(_ device: Device) {
        guard isPublishing else {
            waiting -= 1
            if waiting == 0 { onReady?() }
            return
        }
        device.underWay -= 1
        fill(device)
    }

    private func fill(_ device: Device) {
        while device.left > 0, device.underWay < Self.window {
            let seconds = loop.moment.time.milliseconds / 1000
            let raw = 300 + device.sequence % 200
            let sent = send(
                device, "sensor/4/data",
                """
                {"esp_id":"\(device.id)","seq":\(device.sequence),"zone_id":"bench","subzone_id":"","gpio":4,\
                "sensor_type":"ds18b20","raw":\(raw),"value":\(Double(raw) / 16),"unit":"°C","quality":"good",\
                "ts":\(seconds),"time_valid":true,"raw_mode":true,"onewire_address":"28AA11BB22CC33D4"}
                """)
            guard sent else { return }
            device.sequence += 1
            device.left -= 1
            device.underWay += 1
        }
        guard device.left == 0, device.underWay == 0 else { return }
        device.left = -1
        unfinished -= 1
        if unfinished == 0 { onDone?() }
    }

    @discardableResult
    private func send(_ device: Device, _ topic: String, _ payload: String) -> Bool {
        device.link.publish(
            Publication(
                token: UInt64(device.sequence), topic: "kaiser/god/esp/\(device.id)/\(topic)",
                payload: Array(payload.utf8), qos: 1))
    }
}
