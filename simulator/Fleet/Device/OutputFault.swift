public import TwinCore

/// What is wrong with one output.
///
/// Its device does not know: it answers as if it had obeyed. Its status shows what the output really does.
public enum OutputFault: String, Sendable, Equatable {
    /// Its contact welds as soon as it is on: nothing switches it off, a reboot included.
    case stuckOn
    /// Its contact does not close: nothing switches it on.
    case stuckOff
    /// Commands are answered with success and not carried out; the emergency stop is.
    case lying
}

extension SimulatedDevice {
    /// Breaks an output, or mends it with `nil`; a contact that lets go does what was commanded last.
    ///
    /// - Returns: What the device sends because of it.
    public mutating func setFault(_ fault: OutputFault?, of gpio: GPIO, at now: Moment) -> [DeviceAction] {
        var actions: [DeviceAction] = []
        runDue(at: now, into: &actions)
        guard let index = outputs.firstIndex(where: { $0.gpio == gpio }) else { return actions }
        if fault == .stuckOff, outputs[index].isOn {
            switchOff(index, at: now)
            report(index, at: now, into: &actions)
        }
        let level = outputs[index].levelOnceMended
        outputs[index].fault = fault
        if fault != .stuckOn, level == 0 {
            switchOff(index, at: now)
            report(index, at: now, into: &actions)
        }
        return actions
    }

    /// What is broken stays broken over a reboot, and what is welded stays on.
    mutating func keepFaults(of before: [SimulatedOutput], at now: Uptime) {
        for old in before {
            guard let fault = old.fault, let index = outputs.firstIndex(where: { $0.gpio == old.gpio }) else {
                continue
            }
            if fault == .stuckOn, old.isOn { _ = outputs[index].drive(to: old.level, at: now) }
            outputs[index].fault = fault
            if fault == .stuckOn, old.isOn { _ = outputs[index].drive(to: 0, at: now) }
        }
    }
}
