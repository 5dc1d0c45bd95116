import TwinCore

extension Oracle {
    /// Judges what concerns several outputs, or outputs and sensors, from what they really do.
    ///
    /// The runtime cannot undo what the outside world does before it hears of it: what is broken may last a while, as
    /// long as nothing comes between it and the devices.
    func judgeInterlocks(at time: Int64) {
        for pair in rules.exclusivePairs {
            judge(
                "\(pair.output) and \(pair.other) are on together", [pair.output, pair.other],
                isOn(pair.output, at: time) && isOn(pair.other, at: time), .interlock, at: time)
        }
        for pair in rules.requirements {
            let isAlone = isOn(pair.output, at: time) && isOff(pair.other)
            judge(
                "\(pair.output) is on without \(pair.other)", [pair.output, pair.other], isAlone, .interlock, at: time)
        }
        if let most = rules.maximumOnAtOnce {
            let all = devices.flatMap { device in
                device.outputs.map { WorldOutput(device: device.place, gpio: Int($0.gpio.number)) }
            }
            let on = (rules.sharing.isEmpty ? all : rules.sharing).filter { isOn($0, at: time) }
            judge("more than \(most) outputs are on at once", on, on.count > most, .interlock, at: time)
        }
        for sensor in rules.guards { judge(sensor, at: time) }
    }

    /// A guard out of range, or silent for too long, leaves its output so much time and no more.
    private func judge(_ sensor: OracleRules.Guard, at time: Int64) {
        guard devices.indices.contains(sensor.sensor.device), !devices[sensor.sensor.device].hadRival else { return }
        let (heldSince, letInSince) = telemetry()
        let isGood =
            if let heldSince {
                // What was heard before grows old: nothing else may keep an output on.
                time <= heldSince + sensor.maximumAgeMilliseconds
            } else {
                reading(of: sensor).map { reading in
                    sensor.rawRange.contains(reading.raw) && time <= reading.at + sensor.maximumAgeMilliseconds
                } ?? false
            }
        judge(
            "guard of \(sensor.output)", [sensor.output], isOn(sensor.output, at: time) && !isGood,
            .guardSensor, within: sensor.offWithinMilliseconds, from: heldSince == nil ? letInSince : 0, at: time)
    }

    private func reading(of sensor: OracleRules.Guard) -> (raw: Double, at: Int64)? {
        guard devices.indices.contains(sensor.sensor.device) else { return nil }
        return devices[sensor.sensor.device].readings["\(sensor.sensor.gpio) \(sensor.sensorType)"]
    }

    /// Whether an output may have to go off because of another that it needs and that this run has not heard to be on.
    func isLeftByOther(_ output: WorldOutput) -> Bool {
        rules.requirements.contains { $0.output == output && (known($0.other)?.shownOnAt ?? .min) < runBegunAt }
    }

    /// Whether an output may have to go off because of a guard, be it one that this run has not heard of yet.
    func isLeftByGuard(_ output: WorldOutput, at time: Int64) -> Bool {
        rules.guards.contains { sensor in
            guard sensor.output == output else { return false }
            // While readings are held they grow old; let in, they come with their past.
            let (heldSince, letInSince) = telemetry()
            if heldSince != nil || time <= letInSince + sensor.maximumAgeMilliseconds, letInSince > 0 { return true }
            guard let reading = reading(of: sensor), reading.at >= runBegunAt else { return true }
            return !sensor.rawRange.contains(reading.raw) || time > reading.at + sensor.maximumAgeMilliseconds
        }
    }

    private func judge(
        _ text: String, _ outputs: [WorldOutput], _ isBroken: Bool, _ promise: Promise, within span: Int64? = nil,
        from earliest: Int64 = 0, at time: Int64
    ) {
        let undisturbed = Set(outputs.map(\.device)).map { undisturbedSince($0) }
        guard isBroken, hearingSince() != nil, !undisturbed.contains(nil) else {
            brokenSince[text] = nil
            return
        }
        let since = max(
            brokenSince[text] ?? time, earliest, hearingSince() ?? time, undisturbed.compactMap(\.self).max() ?? time)
        brokenSince[text] = brokenSince[text] ?? time
        if time > since + (span ?? rules.interlockMilliseconds) {
            violate(promise, "\(text), for \(time - since) ms", at: time)
        }
    }

    /// What leaves for an output keeps the rules as far as the runtime has acknowledged what the others do: there is
    /// no grace for that.
    func judgeBonds(_ command: CommandSeen, _ output: WorldOutput, at time: Int64) {
        for pair in rules.exclusivePairs where pair.output == output || pair.other == output {
            let other = pair.output == output ? pair.other : pair.output
            if isOn(other, at: time), known(other)?.shownOn == true {
                violate(.interlock, "\(command.id) energised \(output) while \(other) was shown on", at: time)
            }
        }
        for pair in rules.requirements where pair.output == output {
            if isOff(pair.other), known(pair.other)?.shownOn == false {
                violate(.interlock, "\(command.id) energised \(output) while \(pair.other) was shown off", at: time)
            }
        }
    }

    private func known(_ output: WorldOutput) -> OutputRecord? {
        guard devices.indices.contains(output.device), let gpio = GPIO(output.gpio) else { return nil }
        return devices[output.device].output(gpio)
    }

    /// Whether an output is on, and the runtime has had time to notice what others did to it.
    private func isOn(_ output: WorldOutput, at time: Int64) -> Bool {
        guard let record = known(output), record.onSince != nil, let sound = record.soundSince,
            !devices[output.device].hadRival
        else { return false }
        let isMended = sound == 0 || time > sound + Self.noticeMilliseconds
        return isMended && !isForeign(record, undisturbed: undisturbedSince(output.device), at: time)
    }

    /// Whether an output is off of its own accord: what is broken may show anything.
    private func isOff(_ output: WorldOutput) -> Bool {
        guard let record = known(output), !devices[output.device].hadRival else { return false }
        return record.onSince == nil && record.soundSince == 0
    }

    /// Whether an output is on and its device has shown it so since it is: then its twin must not call it off.
    func isShownOn(_ output: OutputRecord) -> Bool {
        guard let since = output.onSince, let shown = output.shownOnAt else { return false }
        return output.shownOn == true && (output.soundSince == nil || shown >= since)
    }

    /// Judges what a twin calls an output that its device last showed on.
    func judgeHonesty(_ device: DeviceID, _ gpio: GPIO, calledOff: Bool, at time: Int64) {
        // While the disk is slow, what is acknowledged now was heard long ago, and more was heard since.
        guard calledOff, !record(device).hadRival, let hearing = hearingSince() else { return }
        let output = record(device).output(gpio)
        guard isShownOn(output), output.shownOnAt.map({ $0 >= hearing }) == true else { return }
        violate(.honesty, "\(device) gpio \(gpio) is on and shown on, and its twin calls it off", at: time)
    }
}
