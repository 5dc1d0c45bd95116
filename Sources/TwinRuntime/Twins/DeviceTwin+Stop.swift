import OrderedCollections
import TwinCore

extension DeviceTwin {
    /// The device, as far as the scopes of emergency stops ask for it.
    var stopSubject: StopSubject {
        var kinds: [GPIO: String] = [:]
        for (gpio, twin) in actuators {
            kinds[gpio] = state.kindWord(for: twin.assumeIsolated { $0.state.type }, on: gpio)
        }
        return StopSubject(
            address: state.address, zone: state.zone, masterZone: state.masterZone,
            subzones: state.configuration.reported.subzones.mapValues(\.gpios), kinds: kinds)
    }

    /// The device, as far as the emergency stops that hold ask for it: most ask only where it is.
    private func stopSubject(for latch: Latch) -> StopSubject {
        latch.asksForOutputs
            ? stopSubject : StopSubject(address: state.address, zone: state.zone, masterZone: state.masterZone)
    }

    /// The emergency stop that holds the whole device; `nil` when none does.
    func incident(_ latch: Latch) -> Incident? {
        guard !latch.incidents.isEmpty else { return nil }
        return latch.ofEverything ?? latch.incident(holding: stopSubject(for: latch)) ?? keeping(latch)
    }

    /// The emergency stop that holds any part of the device; `nil` when none does.
    func incident(reachingInto latch: Latch) -> Incident? {
        guard !latch.incidents.isEmpty else { return nil }
        return latch.ofEverything ?? latch.incident(reachingInto: stopSubject(for: latch)) ?? keeping(latch)
            ?? actuators.keys.lazy.compactMap { self.keeping($0, latch) }.first
    }

    /// The emergency stop that holds an output; `nil` when none does.
    func incident(holding gpio: GPIO, _ latch: Latch) -> Incident? {
        guard !latch.incidents.isEmpty else { return nil }
        return latch.ofEverything ?? latch.incident(holding: gpio, of: stopSubject(for: latch)) ?? keeping(latch)
            ?? keeping(gpio, latch)
    }

    /// The outputs that emergency stops hold, in the order of their pins.
    func heldOutputs(_ latch: Latch) -> [GPIO] {
        actuators.keys.filter { incident(holding: $0, latch) != nil }.sorted()
    }

    /// The emergency stop that took hold of the device and does not cover it any more, since the device says that it
    /// belongs elsewhere now: it stays held until the stop is released.
    private func keeping(_ latch: Latch) -> Incident? { latch.incident(keeping: state.stoppedBy) }

    /// The same for one output.
    private func keeping(_ gpio: GPIO, _ latch: Latch) -> Incident? {
        latch.incident(keeping: actuators[gpio]?.assumeIsolated { $0.state.stoppedBy } ?? [])
    }

    /// Whether the device is held by a stop that was released.
    func isReleased(_ latch: Latch) -> Bool {
        guard case .stopped = state.stop else { return false }
        return incident(latch) == nil
    }

    /// The scoreboard's lines of the device: one for each output, or one for the device when it showed none.
    func stopLines(under incident: Incident, _ reach: StopReach) -> [StopReport.Line] {
        // A device that was not told yet proves nothing, whatever it showed before.
        let wasTold = reach != .device || state.isHeld(by: incident)
        let awaited = state.emergencyRefusal.map { "the device refuses: \($0)" } ?? "the device's word is awaited"
        let isReachable = state.status == .online || state.status == .pendingApproval || state.status == .rejected
        var isAcknowledged = false
        if case .stopped(_, _, _, true) = state.stop { isAcknowledged = true }
        if actuators.isEmpty, reach == .device {
            return [
                StopReport.Line(
                    device: id, gpio: nil,
                    standing: isAcknowledged ? .stopped : isReachable ? .unconfirmed : .offline,
                    evidence: isAcknowledged ? "the device said that it obeyed" : awaited)
            ]
        }
        return actuators.keys.sorted().filter { reach.covers($0) }.map { gpio in
            let isShownOff = wasTold && actuators[gpio]?.assumeIsolated { $0.isShownOff } == true
            let evidence =
                isShownOff
                ? "the device shows it off"
                : isAcknowledged
                    ? "the device said that it obeyed; its status is awaited" : awaited
            return StopReport.Line(
                device: id, gpio: gpio,
                standing: isShownOff ? .stopped : isReachable ? .unconfirmed : .offline, evidence: evidence)
        }
    }

    /// What its outputs draw together when they start, in watts.
    func inrushWatts(_ catalogue: Catalogue) -> Double {
        actuators.reduce(0) { sum, entry in
            let word = state.kindWord(for: entry.value.assumeIsolated { $0.state.type }, on: entry.key)
            let draw = catalogue.actuatorKind(word, for: entry.key, of: id).limits.draw
            return sum + (draw.inrushWatts ?? draw.watts ?? 0)
        }
    }

    /// Raises an alarm about the device.
    func alarm(_ alarm: SafetyAlarm, at moment: Moment) -> Decision {
        counted(take(DeviceDecision(events: [.alarmed(alarm)]), at: moment), at: moment)
    }
}
