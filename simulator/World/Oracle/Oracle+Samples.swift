import KaiserProtocol
import TwinCore

extension Oracle {
    /// A message reached the broker.
    func published(_ message: SimulatedMessage, at time: Int64) {
        guard let sample = message.sample else { return }
        arrived[sample] = message.payload
        if !rules.guards.isEmpty { noteReading(message, at: time) }
    }

    /// The broker saw that a message is taken care of.
    ///
    /// - Parameter run: Which run took care of it; what an older instance knows, the newer one need not.
    func acknowledged(_ message: SimulatedMessage, by run: Int = 0, at time: Int64) {
        if let sample = message.sample, !isKept(sample) {
            violate(.samples, "an acknowledged sample is not durable: \(message.topic)", at: time)
        }
        if run != lingeringRun, message.topic.utf8.suffix(7).elementsEqual("/status".utf8) {
            noteStatus(message, at: time)
        }
    }

    /// A message was lost by the broker itself, which is nobody else's fault.
    func lostByBroker(_ message: SimulatedMessage) {
        if let sample = message.sample, !isKept(sample) { arrived[sample] = nil }
    }

    /// At the end, when nothing is under way: every sample that reached the broker is kept, once.
    func checkEverythingArrived(at time: Int64) {
        let lost = arrived.keys.count { !isKept($0) }
        if lost > 0 { violate(.samples, "\(lost) of \(arrived.count) samples were lost", at: time) }
        if disk.duplicateSamples > 0 {
            violate(.samples, "\(disk.duplicateSamples) samples were committed twice", at: time)
        }
    }

    private func isKept(_ sample: UInt64) -> Bool {
        if disk.digests.contains(sample) || olderDisks.contains(where: { $0.digests.contains(sample) }) { return true }
        guard let payload = arrived[sample] else { return false }
        return disk.refusedPayloads.contains(payload)
            || olderDisks.contains { $0.refusedPayloads.contains(payload) }
    }

    /// Remembers what an output's device showed, once the runtime is known to have heard it.
    private func noteStatus(_ message: SimulatedMessage, at time: Int64) {
        let levels = message.topic.split(separator: "/")
        guard levels.count == 7, levels[4] == "actuator", let device = DeviceID(String(levels[3])),
            let gpio = Int(levels[5]).flatMap(GPIO.init)
        else { return }
        let output = record(device).output(gpio)
        output.shownOn = Self.isShownOn(message.payload)
        if output.shownOn == true { output.shownOnAt = time }
        if output.shownOn == false { output.shownOffAt = time }
    }

    private func noteReading(_ message: SimulatedMessage, at time: Int64) {
        let levels = message.topic.split(separator: "/")
        guard levels.count == 7, let device = DeviceID(String(levels[3])), let gpio = Int(levels[5]),
            let object = try? JSONObject(message.payload.span),
            let raw = try? object.number("raw", in: message.payload.span),
            let type = try? object.text("sensor_type", in: message.payload.span)
        else { return }
        record(device).readings["\(gpio) \(type)"] = (raw, time)
    }

    private static func isShownOn(_ payload: [UInt8]) -> Bool? {
        guard let object = try? JSONObject(payload.span) else { return nil }
        return try? object.boolean("state", in: payload.span)
    }
}
