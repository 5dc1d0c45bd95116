import Fleet
import TwinCore

extension Oracle {
    /// How long an output may outlive a lease that its device counts too, in milliseconds: the way there and the
    /// command's own time to live.
    static let countedGraceMilliseconds: Int64 = 6_000
    /// The same for a lease that only the runtime counts (dimmed outputs), in milliseconds, while nothing comes
    /// between it and the device.
    static let uncountedGraceMilliseconds: Int64 = 15_000
    /// The same while something does, in milliseconds: a device waits 120 s for a server that does not answer.
    static let unreachableGraceMilliseconds: Int64 = 180_000
    /// Within this span of undisturbed connections a stop must have shown effect, in milliseconds.
    static let stopMilliseconds: Int64 = 15_000
    /// How long the runtime may take to notice what a device does by itself, in milliseconds: devices show their
    /// outputs every 30 s.
    static let noticeMilliseconds: Int64 = 45_000
    /// Within this span of undisturbed connections a device that nothing holds any more takes part again, in
    /// milliseconds.
    static let releaseMilliseconds: Int64 = 20_000
    /// How long a cleared stop counts as being cleared, in milliseconds.
    static let clearingMilliseconds: Int64 = 10_000

    /// Looks at what the outputs of a device really do.
    ///
    /// - Parameters:
    ///   - isRival: Whether it is a second device of the same id: of it too, nothing may be on past a lease, and what
    ///     it does says nothing about the first.
    ///   - undisturbed: Since when nothing has come between the runtime and the device; `nil` while something does.
    func look(
        at device: SimulatedDevice, of record: DeviceRecord, isRival: Bool = false, undisturbed: Int64?,
        at time: Int64
    ) {
        for index in device.outputs.indices {
            see(
                device.outputs[index].gpio, isOn: device.outputs[index].isOn, of: record, isRival: isRival,
                undisturbed: undisturbed, at: time)
        }
        // A device that lost its configuration drives no output any more.
        for output in record.outputs
        where !isRival && output.onSince != nil && !device.outputs.contains(where: { $0.gpio == output.gpio }) {
            see(output.gpio, isOn: false, of: record, undisturbed: undisturbed, at: time)
        }
    }

    /// Sees what one output really does.
    func see(
        _ gpio: GPIO, isOn: Bool, of record: DeviceRecord, isRival: Bool = false, undisturbed: Int64?, at time: Int64
    ) {
        let output = record.output(gpio)
        if isRival {
            if isOn { judge(output, of: record, undisturbed: nil, at: time) }
        } else if isOn {
            if output.onSince == nil { output.onSince = time }
            judge(output, of: record, undisturbed: undisturbed, at: time)
        } else {
            if output.onSince != nil { output.offSince = time }
            output.onSince = nil
            if let until = output.dimmedUntil, time > until + Self.countedGraceMilliseconds { output.dimmedUntil = nil }
        }
    }

    private func judge(_ output: OutputRecord, of device: DeviceRecord, undisturbed: Int64?, at time: Int64) {
        // An output that is stuck or whose device lies is beyond anybody's power: no promise holds for what it really
        // does. What holds is that nobody calls it off; see judgeHonesty.
        guard let sound = output.soundSince else { return }
        let mended = sound > 0 ? sound + Self.noticeMilliseconds : nil
        if let stopped = [device.stoppedSince, output.stoppedSince].compactMap(\.self).min(), let undisturbed,
            time > max(stopped, undisturbed, sound, output.foreignUntil ?? 0) + Self.stopMilliseconds
        {
            violate(.stop, "\(device.id) gpio \(output.gpio) is on \(time - stopped) ms after a stop", at: time)
        }
        if isForeign(output, undisturbed: undisturbed, at: time) { return }
        if let longest = rules.maximumOnMilliseconds, let since = output.onSince, let undisturbed,
            time > max(since + longest, undisturbed, sound) + Self.uncountedGraceMilliseconds
        {
            violate(.limits, "\(device.id) gpio \(output.gpio) has been on for \(time - since) ms", at: time)
        }
        guard let permission = output.permission else {
            if mended.map({ time > $0 }) ?? true {
                violate(.unasked, "\(device.id) gpio \(output.gpio) is on and nobody ever energised it", at: time)
            }
            return
        }
        if time > max(limit(of: permission, undisturbed), mended ?? 0) {
            violate(
                .lease, "\(device.id) gpio \(output.gpio) is on \(time - permission.until) ms after its lease ended",
                at: time)
        }
    }

    private func limit(of permission: OutputRecord.Permission, _ undisturbed: Int64?) -> Int64 {
        guard let undisturbed else {
            return permission.longestUntil
                + (permission.isCountedByDevice ? Self.countedGraceMilliseconds : Self.unreachableGraceMilliseconds)
        }
        if permission.isCountedByDevice, permission.until == permission.longestUntil {
            return permission.until + Self.countedGraceMilliseconds
        }
        return max(permission.until, undisturbed) + Self.uncountedGraceMilliseconds
    }

    /// Whether somebody else may have switched an output on, and the runtime need not have noticed yet.
    func isForeign(_ output: OutputRecord, undisturbed: Int64?, at time: Int64) -> Bool {
        guard let foreign = output.foreignUntil else { return false }
        if output.lastEnergised == nil, !rules.ownsEveryOutput { return true }
        guard let undisturbed, let hearing = hearingSince() else { return true }
        return time <= max(foreign, undisturbed, hearing) + Self.noticeMilliseconds
    }

    /// What an output is doing, as it looks from outside.
    func condition(of output: OutputRecord, _ device: DeviceRecord, isOnline: Bool, at time: Int64) -> OutputCondition {
        if !isOnline { return .offline }
        if device.stoppedSince != nil { return .stopped }
        if let released = device.releasedAt, time < released + Self.clearingMilliseconds { return .clearing }
        let energised = output.lastEnergised ?? .min
        let off = output.lastOff ?? .min
        if output.onSince != nil { return off > energised ? .drivenOff : .on }
        let isUnderWay = energised > off && time < (output.lastEnergised ?? 0) + 2_000
        return isUnderWay ? .pending : .off
    }
}
