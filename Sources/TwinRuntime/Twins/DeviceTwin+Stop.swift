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

    /// The emergency stop that holds the whole device; `nil` when none does.
    func incident(_ latch: Latch) -> Incident? {
        latch.incidents.isEmpty ? nil : latch.ofEverything ?? latch.incident(holding: stopSubject)
    }

    /// The emergency stop that holds any part of the device; `nil` when none does.
    func incident(reachingInto latch: Latch) -> Incident? {
        latch.incidents.isEmpty ? nil : latch.ofEverything ?? latch.incident(reachingInto: stopSubject)
    }

    /// The emergency stop that holds an output; `nil` when none does.
    func incident(holding gpio: GPIO, _ latch: Latch) -> Incident? {
        latch.incidents.isEmpty ? nil : latch.ofEverything ?? latch.incident(holding: gpio, of: stopSubject)
    }

    /// The outputs that emergency stops hold, in the order of their pins.
    func heldOutputs(_ latch: Latch) -> [GPIO] {
        let subject = stopSubject
        return actuators.keys.filter { latch.incident(holding: $0, of: subject) != nil }.sorted()
    }

    /// Whether the device is held by a stop that was released.
    func isReleased(_ latch: Latch) -> Bool {
        guard case .stopped = state.stop else { return false }
        return incident(latch) == nil
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
