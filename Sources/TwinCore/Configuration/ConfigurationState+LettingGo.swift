// What is told only while no output may be energised: a device that carries it out may not obey an OFF any more, or may
// switch an output on by it.

extension ActuatorWish {
    /// Whether a device that changes from one to the other leaves its pins as they are.
    ///
    /// A name, a subzone, or a longer run means nothing to a pin; another driver, pin, polarity, or rest level does.
    public func drivesLike(_ other: Self) -> Bool {
        type == other.type && wireType == other.wireType && auxiliary == other.auxiliary
            && isInverted == other.isInverted && isOnByDefault == other.isOnByDefault
            && defaultLevel == other.defaultLevel
    }
}

extension ConfigurationState {
    /// Whether what is wished of a property is told only while no output may be energised.
    func letsGo(_ path: PropertyPath) -> Bool {
        switch path {
        case .name, .board, .sensor, .subzone: false
        case .zone: desired.zone?.id.isEmpty ?? true
        case .actuator(let gpio): desired.actuators[gpio].map { !isDriven(gpio, like: $0) } ?? true
        }
    }

    /// What of a step is told only while no output may be energised; judged before it is said.
    func lettingGo(in step: ConfigurationStep) -> [PropertyPath] {
        switch step.order {
        case .zone(let wish): wish.id.isEmpty ? [.zone] : []
        case .push(let push):
            push.actuators.filter { !$0.isActive || !isDriven($0.gpio, like: $0.wish) }.map { .actuator($0.gpio) }
        case .subzone, .subzoneRemoval: []
        }
    }

    /// Whether the device drives a pin as a wish says, beyond doubt.
    private func isDriven(_ gpio: GPIO, like wish: ActuatorWish) -> Bool {
        reported.actuators[gpio]?.drivesLike(wish) == true
            && unconfirmed.actuators[gpio]?.drivesLike(wish) ?? true
    }
}

extension ConfigurationStep {
    /// Whether it would undo an isolation that was not there when it was put together.
    public func undoesIsolation(of isolated: Set<String>) -> Bool {
        guard case .subzone(let assignment) = order else { return false }
        return !assignment.wish.isSafeModeActive && !assignment.isIsolated && isolated.contains(assignment.subzone)
    }
}
