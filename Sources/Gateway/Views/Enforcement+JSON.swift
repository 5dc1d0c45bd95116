import TwinCore
import TwinRuntime

extension TwinView {
    /// Who keeps each limit of an actuator: this server, its device, or both.
    func enforcement(of actuator: ActuatorState, _ kind: ActuatorKind) -> JSONValue {
        let held = snapshot.device.configuration.provenSettings(of: actuator.gpio)
        return .array(
            DeviceEnforcement(of: kind, held: held, drive: actuator.requested?.drive).lines.map { line in
                ["limit": .string(line.limit), "enforced": .string(line.place.rawValue), "why": .string(line.why)]
            })
    }
}
