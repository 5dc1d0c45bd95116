import KaiserProtocol
import Logging
import OrderedCollections
import TwinCore

extension Runtime {
    /// A process that did not run for so long may have been replaced meanwhile, in milliseconds.
    static let pauseMilliseconds: Int64 = 3_000
    /// A stop that is heard again within this span is the same, in milliseconds.
    static let sameStopMilliseconds: Int64 = 10_000

    /// What others said where only servers speak; told on the loop.
    public nonisolated func heard(_ orders: InboundBatch) {
        assumeIsolated { $0.hear(orders) }
    }

    /// A publication expired before it left, or waited when the connection was lost; told on the loop.
    public nonisolated func publicationDropped(_ token: UInt64) {
        assumeIsolated { runtime in
            guard let command = runtime.commandsInFlight.removeValue(forKey: token) else { return }
            runtime.giveUp(command, .expired)
            runtime.commitIfIdle()
        }
    }

    private func hear(_ orders: InboundBatch) {
        for entry in orders.entries {
            let topic = orders.bytes.span.extracting(entry.topic)
            let payload = orders.bytes.span.extracting(entry.payload)
            guard
                case .order(let order) = try? KaiserDecoder.decode(
                    topic: topic, payload: payload, isRetained: entry.isRetained)
            else { continue }
            if order.isMisplaced { erase(order) }
            switch order.content {
            case .stop(let stop): obey(stop)
            case .clear(let address, _): if let address { defend(address.device) }
            case .actuatorCommand(let address, let gpio, let command?) where !order.isRetained:
                judge(command, to: address.device, gpio)
            case .claim(let claim): hear(claim)
            case .actuatorCommand, .erased, .other: break
            }
        }
        commitIfIdle()
    }

    /// What the ingest connection brings of servers: our own words again, and what others said while the control
    /// connection was down.
    func hearAgain(_ order: ServerOrder) {
        counters.own += 1
        if order.isMisplaced { erase(order) }
        if case .stop(let stop) = order.content { obey(stop) }
    }

    /// Somebody else stops devices: the latch obeys, so that nothing of ours switches on what was stopped.
    private func obey(_ stop: StopHeard) {
        if let name = stop.incident, latch.knows(name) { return }
        let scope: StopScope = stop.device.map { .device($0.device) } ?? .all
        if case .device(let id) = scope, directory.assumeIsolated({ $0.twin(id) }) == nil { return }
        let moment = loop.moment
        let issuedBy = "mqtt:\(stop.issuedBy.isEmpty ? "unknown" : stop.issuedBy)"
        let heard = StopHeardBefore(
            name: stop.incident, scope: scope, words: stop.incident == nil ? [issuedBy, stop.reason] : [])
        guard !isKnown(heard, at: moment) else { return }
        engage(
            Incident(
                id: heard.id ?? makeIncidentID(), scope: bounded(scope),
                reason: stop.reason.isEmpty ? "heard over MQTT" : stop.reason, issuedBy: issuedBy,
                issuedAt: moment.time, generation: latch.generation + 1, isNamedElsewhere: heard.id != nil),
            at: moment)
    }

    /// Whether a stop is one that was heard just now, on the other connection, or that holds under its name.
    ///
    /// A name alone proves nothing: another server may give the same to all its stops, and to many devices.
    private func isKnown(_ heard: StopHeardBefore, at moment: Moment) -> Bool {
        stopsHeard.removeAll { moment.uptime.milliseconds(since: $0.at) >= Self.sameStopMilliseconds }
        if let id = heard.id,
            latch.incidents.contains(where: { $0.id == id && ($0.scope == .all || $0.scope == heard.scope) })
        {
            return true
        }
        guard !stopsHeard.contains(where: { $0.stop == heard }) else { return true }
        if stopsHeard.count < Latch.maximumIncidents { stopsHeard.append((heard, moment.uptime)) }
        return false
    }

    /// Somebody else let a device go that our latch holds: it is told to stop again.
    private func defend(_ id: DeviceID) {
        guard !latch.incidents.isEmpty, let twin = directory.assumeIsolated({ $0.twin(id) }) else { return }
        let (surroundings, moment) = (surroundings, loop.moment)
        take(twin.assumeIsolated { $0.reassert(surroundings, at: moment) }, from: twin)
        arm(twin)
    }

    /// Erases what the broker keeps where nobody may leave anything: every device that connects would obey it.
    private func erase(_ order: ServerOrder) {
        let token = nextToken
        nextToken += 1
        _ = broker.publish(
            Publication(token: token, topic: order.topic, payload: [], qos: 1, isRetained: true))
        let alarm = SafetyAlarm(
            .retainedCommand,
            "Somebody left a retained message on \(order.topic), which every device obeys that connects. It was erased; "
                + "find out who publishes there.")
        guard case .actuatorCommand(let address, let gpio, let command) = order.content,
            directory.assumeIsolated({ $0.twin(address.device) }) != nil
        else { return raise(alarm) }
        raise(alarm, about: address.device, gpio, switchesOff: command?.energises ?? true)
    }

    /// Somebody else switched an output.
    private func judge(_ command: CommandHeard, to id: DeviceID, _ gpio: GPIO) {
        guard command.energises, directory.assumeIsolated({ $0.twin(id) }) != nil else { return }
        let alarm = SafetyAlarm(
            .foreignCommand,
            "\(command.issuedBy ?? "Somebody") switched \(id)/\(gpio) on, past Doppel. Find the other server; while both "
                + "command the output, no limit holds.")
        let latch = latch
        let isStopped = directory.assumeIsolated { $0.twin(id) }?.assumeIsolated { twin in
            twin.state.isStopped || twin.incident(holding: gpio, latch) != nil
        }
        raise(alarm, about: id, gpio, switchesOff: isStopped ?? false)
    }

    private func raise(_ alarm: SafetyAlarm, about id: DeviceID, _ gpio: GPIO, switchesOff: Bool) {
        guard let twin = directory.assumeIsolated({ $0.twin(id) }) else { return }
        let moment = loop.moment
        take(twin.assumeIsolated { $0.alarm(alarm, at: moment) }, from: twin)
        let output = OutputAddress(device: id, gpio: gpio)
        if switchesOff { close(ActuatorDecision.Closing(output: output, cause: .foreignCommand)) }
    }

    /// An alarm that concerns no device that is known.
    func raise(_ alarm: SafetyAlarm) {
        counters.alarms[alarm.kind, default: 0] += 1
        logger.critical("\(alarm.detail)", metadata: ["alarm": "\(alarm.kind.rawValue)", "device": "site"])
    }
}

/// What tells one stop that others ordered from another.
struct StopHeardBefore: Sendable, Equatable {
    /// The name they gave it; `nil` when they gave none.
    let name: String?
    let scope: StopScope
    /// Who ordered it and why, of one without a name.
    let words: [String]

    /// The name under which it is latched: theirs if a device can hold it; `nil` when it needs one of ours.
    var id: IncidentID? {
        name.map { $0.utf8.count <= CommandID.maximumLength ? $0 : "heard-\(CRC32.of($0.utf8))" }.map { IncidentID($0) }
    }
}
