import TwinCore

extension SimulatedDevice {
    /// Makes the outputs what the configuration says; one that stays keeps its level and its counts.
    ///
    /// Call ``advanceGreenhouse(to:)`` before an output that is on goes away.
    mutating func wireOutputs() {
        outputs = configuration.actuators.map { configured in
            if var output = outputs.first(where: { $0.gpio == configured.gpio && $0.kind == configured.kind }) {
                output.configure(configured)
                return output
            }
            let wired = specification.actuators.first { $0.gpio == configured.gpio }
            var output = SimulatedOutput(configured, effect: wired?.effect ?? .none)
            output.isEmergencyStopped = emergency.holdsEverything
            return output
        }
    }

    /// Makes the timetable what the configuration says, keeping the appointments of sensors that stay.
    ///
    /// A sensor that is new is measured at once.
    mutating func scheduleReadings(before: [ConfiguredSensor], at now: Uptime) {
        var appointments: [SensorKey: Uptime] = [:]
        for (sensor, next) in zip(before, nextReadings) { appointments[sensor.key] = next }
        nextReadings = configuration.sensors.map { sensor in
            guard sensor.mode == .continuous else { return nil }
            let latest = now.advanced(byMilliseconds: Int64(sensor.intervalSeconds) * 1000)
            return appointments[sensor.key].map { min($0, latest) } ?? now
        }
    }

    /// Keeps an output off that is isolated or stopped, and says so.
    mutating func isolate(_ index: Int, at now: Moment, into actions: inout [DeviceAction]) {
        guard outputs[index].isOn else { return }
        switchOff(index, at: now)
        report(index, at: now, into: &actions)
    }
}
