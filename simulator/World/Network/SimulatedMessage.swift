import KaiserProtocol
import TwinCore

/// A message in the simulated broker.
struct SimulatedMessage: Sendable {
    let topic: String
    let payload: [UInt8]
    let qos: UInt8
    var isRetained: Bool
    /// When it must no longer be delivered, in world time; `nil` for never.
    var expiresAt: Int64?
    /// The sample in it, by its digest; `nil` when it is none that must be kept.
    let sample: UInt64?
    /// A digest of the device its topic names; 0 when it names none.
    let addressee: UInt64

    init(topic: String, payload: [UInt8], qos: UInt8, isRetained: Bool, expiresAt: Int64? = nil) {
        self.topic = topic
        self.payload = payload
        self.qos = qos
        self.isRetained = isRetained
        self.expiresAt = expiresAt
        sample = qos > 0 && topic.utf8.suffix(5).elementsEqual("/data".utf8) ? Self.sample(topic, payload) : nil
        addressee = Self.addressee(of: topic)
    }

    /// Whether it is a reading, or the will of a device, which must stay behind its readings.
    var isTelemetry: Bool { ["/data", "/batch", "/will"].contains { topic.hasSuffix($0) } }

    private static func sample(_ topic: String, _ payload: [UInt8]) -> UInt64? {
        let topic = Array(topic.utf8)
        let decoded = try? KaiserDecoder.decode(topic: topic.span, payload: payload.span, isRetained: false)
        guard case .report(let report) = decoded, case .sensor(let sensor) = report.message else { return nil }
        return sensor.digest
    }

    /// A digest of the fourth level of `kaiser/…/esp/…/`.
    private static func addressee(of topic: String) -> UInt64 {
        var level = 0
        var digest: UInt64 = 0
        for byte in topic.utf8 {
            if byte == UInt8(ascii: "/") {
                level += 1
                if level == 4 { return digest }
            } else if level == 3 {
                digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 | 1
            }
        }
        return 0
    }

    /// The digest that ``addressee`` has for a device.
    static func addressee(_ device: DeviceID) -> UInt64 { addressee(of: "kaiser/god/esp/\(device)/") }
}
