import KaiserProtocol
import Logging
import TwinCore

extension Runtime {
    /// One turn: a batch from the socket, through the twins, into the open turn.
    func receive(_ batch: InboundBatch) {
        if open.receivedAt == nil { open.receivedAt = loop.uptimeNanoseconds }
        let moment = loop.moment
        let surroundings = surroundings
        counters.received += batch.entries.count
        for entry in batch.entries {
            let topic = batch.bytes.span.extracting(entry.topic)
            let payload = batch.bytes.span.extracting(entry.payload)
            do throws(Refusal) {
                switch try KaiserDecoder.decode(topic: topic, payload: payload, isRetained: entry.isRetained) {
                case .order(let order): hearAgain(order)
                case .relay(let relay): try receive(relay, at: moment)
                case .report(let report) where sheds(report, sentWith: entry.qos): counters.shedTelemetry += 1
                case .report(let report): try deliver(report, surroundings, at: moment)
                }
            } catch {
                refuse(batch, entry, error, at: moment)
            }
        }
        open.owesAcknowledgement = true
        commitIfIdle()
    }

    /// How many facts may wait for a slow disk before readings are let go that nobody was promised, ``counters`` telling
    /// how many.
    static let sheddingFactLimit = 8_192

    /// Whether a message is let go because the disk does not keep up.
    ///
    /// Readings at QoS 0 only. A status, an answer, an alert or a heartbeat never is, at whatever QoS it was sent.
    private func sheds(_ report: DeviceReport, sentWith qos: UInt8) -> Bool {
        guard qos == 0, let closing else { return false }
        guard closing.batch.facts.count + open.batch.facts.count >= Self.sheddingFactLimit else { return false }
        switch report.message {
        case .sensor, .sensorBatch: return true
        default: return false
        }
    }

    /// Hands one understood message to its twin; a heartbeat makes a twin where there is none.
    func deliver(
        _ report: DeviceReport, _ surroundings: Surroundings, at moment: Moment
    ) throws(Refusal) {
        guard let twin = directory.assumeIsolated({ $0.twin(report.device) }) else {
            return try discover(report, surroundings, at: moment)
        }
        if case .sensorBatch(let sensors) = report.message {
            return try deliver(sensors, of: report, surroundings, at: moment)
        }
        guard case .sensor(let sensor) = report.message else {
            try deliver(report, digest: 0, to: twin, surroundings, at: moment)
            if latch.asksWhereDevicesBelong { hold(twin, surroundings, at: moment) }
            if case .heartbeat = report.message { tellPresence(to: report.kaiser) }
            return arm(twin)
        }
        let digest = twin.assumeIsolated { $0.digest(of: sensor, at: moment) }
        guard !filter.contains(digest) else { return counters.duplicates += 1 }
        let wasOnline = twin.assumeIsolated { $0.state.status == .online }
        try deliver(report, digest: digest, to: twin, surroundings, at: moment)
        filter.insert(digest)
        // The wheel holds an online twin for its silence already, which a sample only puts off. A device that is back
        // has more to wait for.
        if !wasOnline { arm(twin) }
    }

    /// Hands over the values of one message one by one; one that is refused does not stop the others, and the message
    /// is kept with the dead letters for its sake.
    private func deliver(
        _ sensors: [SensorReport], of report: DeviceReport, _ surroundings: Surroundings, at moment: Moment
    ) throws(Refusal) {
        var refusals: [Refusal] = []
        for sensor in sensors {
            var single = report
            single.message = .sensor(sensor)
            do throws(Refusal) {
                try deliver(single, surroundings, at: moment)
            } catch {
                refusals.append(error)
            }
        }
        guard let first = refusals.first else { return }
        guard refusals.count < sensors.count else { throw first }
        throw Refusal(first.reason, "\(refusals.count) of \(sensors.count) values: \(first.detail)")
    }

    private func deliver(
        _ report: DeviceReport, digest: UInt64, to twin: DeviceTwin, _ surroundings: Surroundings, at moment: Moment
    ) throws(Refusal) {
        let result = twin.assumeIsolated { $0.receive(report, digest: digest, surroundings, at: moment) }
        let decision = try result.get()
        take(decision, from: twin)
        if let failure = decision.failure { throw Refusal(.twinFailed, failure.description) }
    }

    private func discover(
        _ report: DeviceReport, _ surroundings: Surroundings, at moment: Moment
    ) throws(Refusal) {
        switch report.message {
        case .heartbeat, .hardware: break
        default:
            throw Refusal(
                .unknownDevice, "\(report.device) has not sent a heartbeat yet; its first heartbeat makes it known")
        }
        guard directory.assumeIsolated({ $0.count }) < options.maximumDevices else {
            throw Refusal(.tooManyDevices, "\(options.maximumDevices) devices are known, and no more are taken in")
        }
        let isApproved = options.approval == .automatic
        if !isApproved { try admitNewcomer(report.device, at: moment) }
        let address = DeviceAddress(kaiser: report.kaiser, device: report.device)
        let twin = DeviceTwin(state: DeviceState(address: address, isApproved: isApproved, at: moment), on: loop)
        directory.assumeIsolated { $0.insert(twin) }
        let discovery = twin.assumeIsolated { $0.discover(report.kaiser, isApproved: isApproved, at: moment) }
        take(discovery, from: twin)
        logger.notice(
            isApproved ? "A new device takes part." : "A new device waits for approval: doppel twin approve ID",
            metadata: ["device": "\(report.device)"])
        hold(twin, surroundings, at: moment)
        try deliver(report, digest: 0, to: twin, surroundings, at: moment)
        // Its first word says where it belongs.
        hold(twin, surroundings, at: moment)
        tellPresence(to: report.kaiser)
        arm(twin)
    }

    /// Takes a newcomer in, so many a minute.
    private func admitNewcomer(_ device: DeviceID, at moment: Moment) throws(Refusal) {
        switch admissionLimit.admit(device, at: moment.uptime) {
        case .admitted: return
        case .refused(let reason, let wait):
            let why =
                switch reason {
                case .tooManyDevices: "\(AdmissionLimit.maximumInWindow) others were new within a minute"
                case .seenRecently: "it was new a short while ago"
                }
            throw Refusal(
                .admissionLimited, "\(device) is not taken in: \(why); it is looked at again in \(wait / 1000 + 1) s")
        }
    }

    private static func mayHoldSecrets(_ topic: String) -> Bool {
        topic.hasSuffix("/system/command/response") || topic.hasSuffix("/system/response")
            || topic.split(separator: "/").count == 5 && topic.hasSuffix("/response")
    }

    /// Counts a message that was not taken, and keeps it for a person to look at.
    func refuse(_ batch: InboundBatch, _ entry: InboundBatch.Entry, _ refusal: Refusal, at moment: Moment) {
        let topic = String(decoding: batch.bytes[entry.topic], as: UTF8.self)
        // The erasure of a will is heard again like everything of our own, and looks like nobody's.
        if refusal.reason == .emptyPayload, erasures.remove(topic) != nil { return counters.own += 1 }
        counters.refused[refusal.reason, default: 0] += 1
        // An answer may dump a device's configuration, passwords and all; refused or not, it is not for keeping.
        let kept = Self.mayHoldSecrets(topic) ? entry.payload.prefix(0) : entry.payload.prefix(DeadLetter.maximumBytes)
        open.batch.deadLetters.append(
            DeadLetter(
                refusal: refusal, topic: topic,
                payload: Array(batch.bytes[kept]), payloadLength: entry.payload.count, receiptTime: moment.time))
    }
}
