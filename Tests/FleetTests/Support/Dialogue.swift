import Fleet
import KaiserProtocol
import Testing
import TwinCore

/// A dialogue between one simulated device and a server, both led by the test.
///
/// Time passes only when the test says so.
///
/// Every message the device sends must be accepted by the runtime's own decoder, whatever the test is about.
final class Dialogue {
    /// The device.
    var device: SimulatedDevice
    /// The time on both clocks.
    private(set) var now: Moment
    /// What the device sent and the test has not looked at yet.
    private(set) var unread: [DevicePublication] = []
    /// Every action, for comparisons of whole runs.
    private(set) var actions: [DeviceAction] = []
    /// Beginnings of subtopics that the test is not about.
    private let hidden: [String]

    /// Subtopics that most tests are not about.
    static let chatter = ["system/heartbeat", "system/diagnostics", "system/intent_outcome", "sensor/"]

    /// 2026-05-01T01:46:40Z, the reference clock of the message fixtures.
    static let start = Moment(
        time: UnixTime(milliseconds: 1_777_600_000_000), uptime: Uptime(milliseconds: 5_000_000))

    init(_ specification: DeviceSpecification, seed: UInt64 = 7, hiding hidden: [String]) {
        device = SimulatedDevice(specification: specification, seed: seed)
        now = Self.start
        self.hidden = hidden
    }

    /// The subtopic of a topic of the device, whatever relay it belongs to; the whole topic for any other.
    func subtopic(_ topic: String) -> String {
        for kaiser in ["god", device.configuration.kaiser.description] {
            let prefix = "kaiser/\(kaiser)/esp/\(device.specification.id)/"
            if topic.hasPrefix(prefix) { return String(topic.dropFirst(prefix.count)) }
        }
        return topic
    }

    /// Takes what the device did.
    func absorb(_ new: [DeviceAction]) {
        actions += new
        for case .publish(let message) in new {
            expectDecodable(message)
            if !hidden.contains(where: subtopic(message.topic).hasPrefix) { unread.append(message) }
        }
    }

    /// The oldest message that was not looked at.
    func next() -> DevicePublication? { unread.isEmpty ? nil : unread.removeFirst() }

    /// Forgets what was not looked at.
    func forget() { unread = [] }

    /// Lets time pass, and ticks the device whenever it asked for it.
    func pass(seconds: Double) {
        let end = now.uptime.advanced(byMilliseconds: Int64((seconds * 1000).rounded()))
        while let deadline = device.nextDeadline, deadline <= end {
            move(to: max(deadline, now.uptime))
            absorb(device.ticked(at: now))
            if let next = device.nextDeadline, next <= now.uptime {
                Issue.record("the device is ticked at \(now.uptime) and asks for \(next) again")
                break
            }
        }
        move(to: end)
    }

    /// Lets time pass without telling the device.
    func passUnnoticed(seconds: Double) {
        move(to: now.uptime.advanced(byMilliseconds: Int64((seconds * 1000).rounded())))
    }

    private func move(to uptime: Uptime) {
        let span = uptime.milliseconds(since: now.uptime)
        now = Moment(time: now.time.advanced(byMilliseconds: span), uptime: uptime)
    }
}

/// Expects the runtime's decoder to understand a message.
func expectDecodable(_ message: DevicePublication) {
    do {
        let decoded = try KaiserDecoder.decode(
            topic: Array(message.topic.utf8).span, payload: message.payload.span, isRetained: message.isRetained)
        guard case .report = decoded else {
            Issue.record("\(message.topic) is taken for a message of the server")
            return
        }
    } catch {
        Issue.record("\(message.topic) \(String(decoding: message.payload, as: UTF8.self)): \(error.detail)")
    }
}

/// Leads a dialogue: what is said on one side is expected or caused on the other, line by line.
func dialogue(
    _ specification: DeviceSpecification = .bench, hiding hidden: [String] = Dialogue.chatter,
    _ script: (DeviceSide, ServerSide) -> Void
) {
    let dialogue = Dialogue(specification, hiding: hidden)
    script(DeviceSide(dialogue: dialogue), ServerSide(dialogue: dialogue))
}
