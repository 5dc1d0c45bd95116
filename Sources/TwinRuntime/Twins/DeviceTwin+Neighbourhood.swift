import OrderedCollections
import TwinCore

extension DeviceTwin {
    /// What the rest of the site shows, as far as an output's limits ask for it.
    ///
    /// Nothing is looked up for an output that no rule binds.
    func neighbourhood(of gpio: GPIO, _ limits: ActuatorLimits, _ surroundings: Surroundings) -> Neighbourhood {
        var found = Neighbourhood()
        guard !limits.guards.isEmpty || limits.effect != nil || surroundings.catalogue.bindsOutputs else {
            return found
        }
        for reference in limits.guards.map(\.sensor) + [limits.effect?.sensor].compactMap(\.self) {
            let twin = reference.device.map { device in surroundings.directory.assumeIsolated { $0.twin(device) } }
            found.readings[reference] = (twin ?? self)?.readings(reference, surroundings) ?? []
        }
        let output = OutputAddress(device: id, gpio: gpio)
        found.interlocks = surroundings.catalogue.interlocks(of: output)
        found.budgets = surroundings.catalogue.budgets(of: output)
        for other in found.interlocks.flatMap(\.members) + found.budgets.flatMap(\.members) where other != output {
            let twin = surroundings.directory.assumeIsolated { $0.twin(other.device) }
            found.outputs[other] = twin?.standing(of: other.gpio, surroundings)
        }
        return found
    }

    /// Judges the outputs of the device anew after something else became known of it, or of what binds them.
    ///
    /// - Parameter pin: The one output to judge; `nil` for all.
    /// - Returns: What comes of it; `nil` where no output is on, nor one whose effect is watched.
    func judgeStanding(of pin: GPIO? = nil, _ surroundings: Surroundings, at moment: Moment) -> Decision? {
        var decision: Decision?
        for (gpio, twin) in actuators where pin == nil || pin == gpio {
            let (isEnergised, isShown) = twin.assumeIsolated { ($0.state.isEnergised, $0.state.confirmed != nil) }
            guard isEnergised || isShown else { continue }
            let context = context(for: twin, surroundings)
            guard isEnergised || context.kind.limits.effect != nil else { continue }
            let judged = twin.assumeIsolated { $0.perform(at: moment) { $0.decideStanding(in: context, at: moment) } }
            decision = decision ?? Decision()
            decision?.append(judged)
        }
        return decision.map { counted($0, at: moment) }
    }

    /// Drives one output off for a reason that lies elsewhere.
    func close(_ closing: ActuatorDecision.Closing, _ surroundings: Surroundings, at moment: Moment) -> Decision {
        counted(
            eachActuator(surroundings, at: moment) { state, context in
                state.gpio == closing.output.gpio
                    ? state.decideSafeState(closing.cause, in: context, at: moment) : ActuatorDecision()
            }, at: moment)
    }

    private nonisolated func readings(_ reference: SensorReference, _ surroundings: Surroundings) -> [SensorReading] {
        assumeIsolated { twin in
            let moment = twin.loop.moment
            return twin.sensors.filter { reference.matches($0.key) }.sorted { $0.key < $1.key }.map { key, sensor in
                let state = sensor.assumeIsolated { $0.state }
                let kind = surroundings.catalogue.sensorKind(key.type, for: key, of: twin.id)
                var reading = state.reading(quality: state.quality(kind: kind, at: moment), of: twin.id, at: moment)
                let left = kind?.staleAfterSeconds.map { Int64($0) * 1000 - reading.ageMilliseconds }
                if reading.value != nil, let left, left >= 0 { reading.staleInMilliseconds = left }
                return reading
            }
        }
    }

    private nonisolated func standing(of gpio: GPIO, _ surroundings: Surroundings) -> OutputStanding? {
        assumeIsolated { twin in
            guard let actuator = twin.actuators[gpio] else { return nil }
            let state = actuator.assumeIsolated { $0.state }
            let kind = surroundings.catalogue.actuatorKind(
                twin.state.kindWord(for: state.type, on: gpio), for: gpio, of: twin.id)
            return state.standing(draw: kind.limits.draw, at: twin.loop.moment)
        }
    }
}
