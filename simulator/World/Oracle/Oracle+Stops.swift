import TwinCore
import TwinRuntime

/// A stop whose caller was told that it is durable, and what it covers for certain.
struct StopSeen {
    let scope: StopScope
    let since: Int64
    let devices: [DeviceID]
    let outputs: [OutputAddress]
}

extension Oracle {
    /// A caller was told that the stop of a device is durable.
    func stopped(_ device: DeviceID, at time: Int64) {
        hold(StopSeen(scope: .device(device), since: time, devices: [device], outputs: []))
    }

    /// A caller was told that a stop is durable; one of the same scope takes the place of the one before.
    func hold(_ stop: StopSeen) {
        // A device that nobody has heard of yet is held as well.
        for device in stop.devices { _ = record(device) }
        let since = stops.first { $0.scope == stop.scope }?.since ?? stop.since
        stops.removeAll { $0.scope == stop.scope }
        stops.append(StopSeen(scope: stop.scope, since: since, devices: stop.devices, outputs: stop.outputs))
        refreshStops()
    }

    /// Somebody orders to clear stops: the promise ends with the order, not with its answer.
    ///
    /// - Parameter scope: The one that is cleared; `nil` for all.
    func released(_ scope: StopScope? = nil, at time: Int64) {
        stops.removeAll { scope == nil || $0.scope == scope }
        let held = devices.filter { $0.stoppedSince != nil }
        refreshStops()
        for device in held where device.stoppedSince == nil { device.releasedAt = time }
    }

    /// A run is brought a message: a stop that somebody ordered holds from then on, however long it was under way.
    func delivered(_ message: SimulatedMessage) {
        if message.topic.utf8.suffix(10).elementsEqual("/emergency".utf8) { nothingHeldSince = nil }
    }

    /// A command was refused because of a stop, which is wrong once everything was cleared and the device can know.
    func judgeLatched(_ device: DeviceID, at time: Int64) {
        let record = record(device)
        guard let cleared = nothingHeldSince, let undisturbed = undisturbedSince(record.place),
            let hearing = hearingSince(), !record.hadRival,
            time > max(cleared, undisturbed, hearing, runBegunAt) + Self.releaseMilliseconds
        else { return }
        violate(.cleared, "\(device) is refused as stopped \(time - cleared) ms after all was cleared", at: time)
    }

    private func refreshStops() {
        for device in devices {
            device.stoppedSince = stops.filter { $0.devices.contains(device.id) }.map(\.since).min()
            for output in device.outputs {
                let address = OutputAddress(device: device.id, gpio: output.gpio)
                output.stoppedSince = stops.filter { $0.outputs.contains(address) }.map(\.since).min()
            }
        }
    }

    /// What leaves at once because of a stop goes to nobody outside its scope.
    func judgeScope(_ publication: Publication, at time: Int64) {
        guard let stopping else { return }
        if publication.topic == "kaiser/broadcast/emergency" {
            if stopping != .all { violate(.stopScope, "a stop of \(stopping) alone was broadcast", at: time) }
            return
        }
        let levels = publication.topic.split(separator: "/")
        guard levels.count > 5, levels[4] == "actuator", let device = DeviceID(String(levels[3])) else { return }
        let gpio = Int(levels[5]).flatMap(GPIO.init)
        guard !mayTouch(stopping, device, gpio), !isBound(device, gpio, to: stopping) else { return }
        // What goes off for a reason of its own may do so in the same moment.
        if let gpio {
            let output = WorldOutput(device: record(device).place, gpio: Int(gpio.number))
            if isLeftByGuard(output, at: time) || isLeftByOther(output) { return }
        }
        violate(.stopScope, "a stop of \(stopping) reached \(publication.topic)", at: time)
    }

    /// Whether a stop may say something to an output, or, without a pin, to a device as a whole.
    ///
    /// A device belongs to every zone that it was ever in: when the runtime hears of a move is not known here.
    private func mayTouch(_ scope: StopScope, _ device: DeviceID, _ gpio: GPIO?) -> Bool {
        switch scope {
        case .all, .kaiser: true
        case .device(let stopped): device == stopped
        case .actuator(let stopped, let pin): device == stopped && gpio == pin
        case .zone(let zone):
            record(device).zones.contains(zone) || record(device).asked.contains { $0.zone?.id == zone }
                || record(device).wish?.zone?.id == zone
        case .subzone, .filter: gpio.map { Int($0.number) } == Self.pump
        }
    }

    /// Whether an output needs one that a stop covers, so that it has to follow.
    private func isBound(_ device: DeviceID, _ gpio: GPIO?, to scope: StopScope) -> Bool {
        guard rules.stopsReachBound, let gpio else { return false }
        let output = WorldOutput(device: record(device).place, gpio: Int(gpio.number))
        return rules.requirements.contains { pair in
            guard pair.output == output || pair.other == output else { return false }
            let other = pair.output == output ? pair.other : pair.output
            return devices.indices.contains(other.device)
                && mayTouch(scope, devices[other.device].id, GPIO(other.gpio))
        }
    }

    /// The pin of the pump, which is the only output of a subzone and of its kind.
    private static let pump = 26

    // MARK: Wishes

    func asks(_ wish: Desired, of device: DeviceID) { record(device).asked.append(wish) }

    func wished(_ wish: Desired, of device: DeviceID) {
        let record = record(device)
        record.wish = wish
        if let place = record.asked.lastIndex(of: wish) { record.asked.removeSubrange(...place) }
    }

    /// Whether a twin's wish is the one that was promised to be kept, or a later one.
    func isKept(_ wish: Desired, of device: DeviceID) -> Bool {
        let record = record(device)
        return record.wish.map { $0 == wish } ?? true || record.asked.contains(wish)
    }
}
