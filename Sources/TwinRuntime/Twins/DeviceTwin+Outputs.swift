import OrderedCollections
import TwinCore

extension DeviceTwin {
    /// Lets one output decide on something that an operator asks; `nil` when there is no such output.
    func change(
        _ gpio: GPIO, _ surroundings: Surroundings, at moment: Moment,
        _ decide: @Sendable (ActuatorState, ActuatorContext) -> Result<ActuatorDecision, ServiceError>
    ) -> Result<Decision, ServiceError>? {
        guard let twin = actuators[gpio] else { return nil }
        let context = context(for: twin, surroundings)
        return decide(twin.assumeIsolated { $0.state }, context).map { decided in
            counted(twin.assumeIsolated { $0.perform(in: context, at: moment) { _ in decided } }, at: moment)
        }
    }

    /// The order that a caller gave with a key; `nil` when the key is new, or forgotten.
    func order(withKey key: String, on gpio: GPIO) -> CommandOrder? {
        actuators[gpio]?.assumeIsolated { twin in twin.state.keys.last { $0.key == key }?.order }
    }

    /// Whether an output may be on.
    func isEnergised(_ gpio: GPIO) -> Bool { actuators[gpio]?.assumeIsolated { $0.state.isEnergised } ?? false }

    /// The record of a command that the output still holds.
    func record(_ id: CommandID, on gpio: GPIO) -> CommandRecord? {
        actuators[gpio]?.assumeIsolated { twin in
            [twin.state.pending?.record, twin.state.lastCommand].compactMap(\.self).first { $0.order.id == id }
        }
    }
}
