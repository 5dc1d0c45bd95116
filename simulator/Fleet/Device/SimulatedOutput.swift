public import TwinCore

/// What one output of a simulated device physically does.
///
/// Nothing here is a claim: it is the truth a checker compares with.
public struct SimulatedOutput: Sendable, Equatable {
    /// The pin.
    public let gpio: GPIO
    /// The driver.
    public let kind: ActuatorSpecification.Kind
    /// The output level: 0 to 255, 0 to 254 for valves.
    public private(set) var level = 0
    /// Since when it is on without a break; `nil` while off.
    public private(set) var onSince: Uptime?
    /// When it ends by itself because its command named a duration.
    public internal(set) var autoOffAt: Uptime?
    /// Whether it refuses commands until an emergency is cleared.
    public internal(set) var isEmergencyStopped = false
    /// The issuer of the last command, or `firmware:auto_duration`.
    public internal(set) var commandSource: String?

    /// What is wrong with it; `nil` for nothing.
    public internal(set) var fault: OutputFault?

    /// The level it was last driven to while its contact was welded.
    private(set) var levelOnceMended: Int?

    private(set) var maxRuntimeMilliseconds: Int64
    private(set) var subzone: String
    /// The level it has while the device is left alone.
    private(set) var defaultLevel: Int
    let effect: ActuatorSpecification.Effect
    private var finishedMilliseconds: Int64 = 0
    private var activations: [Uptime] = []

    init(_ configured: ConfiguredActuator, effect: ActuatorSpecification.Effect) {
        gpio = configured.gpio
        kind = configured.kind
        self.effect = effect
        maxRuntimeMilliseconds = 0
        subzone = ""
        defaultLevel = 0
        configure(configured)
    }

    /// Takes over what can change without another driver.
    mutating func configure(_ configured: ConfiguredActuator) {
        maxRuntimeMilliseconds = Int64(configured.maximumRuntimeMilliseconds)
        subzone = configured.subzone
        let level = configured.defaultLevel > 0 ? Double(configured.defaultLevel) / 255 : 1
        defaultLevel = configured.isOnByDefault ? kind.level(for: level) : 0
    }

    /// Whether it is energised.
    public var isOn: Bool { level > 0 }

    /// When the firmware's runtime protection ends the current on-time.
    public var protectedAt: Uptime? { onSince?.advanced(byMilliseconds: maxRuntimeMilliseconds) }

    /// How long it has been on since the device booted, in milliseconds.
    public func runtimeMilliseconds(at now: Uptime) -> Int64 {
        finishedMilliseconds + (onSince.map { now.milliseconds(since: $0) } ?? 0)
    }

    /// Drives the output; `false`, with nothing changed, when the driver refuses another activation this hour.
    mutating func drive(to level: Int, at now: Uptime) -> Bool {
        if fault == .stuckOff, level > 0 { return true }
        if fault == .stuckOn, level == 0, isOn {
            autoOffAt = nil
            onSince = now
            levelOnceMended = 0
            return true
        }
        levelOnceMended = nil
        if level > 0, !isOn {
            if kind.limitsActivations {
                activations.removeAll {
                    now.milliseconds(since: $0) >= Firmware.activationWindowMilliseconds
                }
                guard activations.count < Firmware.maximumActivations else { return false }
                activations.append(now)
            }
            onSince = now
        } else if level == 0 {
            finishedMilliseconds = runtimeMilliseconds(at: now)
            onSince = nil
            autoOffAt = nil
        }
        self.level = level
        return true
    }

    /// De-energises the output, which no driver refuses.
    mutating func switchOff(at now: Uptime) {
        let isDone = drive(to: 0, at: now)
        precondition(isDone, "the driver of gpio \(gpio) refused to switch off: \(self)")
    }
}
