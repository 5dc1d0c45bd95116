import TwinCore

extension Oracle {
    /// Judges what concerns several outputs, or outputs and sensors, from what they really do.
    ///
    /// The runtime cannot undo what the outside world does before it hears of it: what is broken may last a while.
    func judgeInterlocks(at time: Int64) {
        for pair in rules.exclusivePairs {
            judge(
                "\(pair.output) and \(pair.other) are on together", isOn(pair.output) && isOn(pair.other), .interlock,
                at: time)
        }
        for pair in rules.requirements {
            judge(
                "\(pair.output) is on without \(pair.other)", isOn(pair.output) && !isOn(pair.other), .interlock,
                at: time)
        }
        if let most = rules.maximumOnAtOnce {
            let count = devices.reduce(0) { $0 + $1.outputs.count { $0.onSince != nil && $0.soundSince != nil } }
            judge("more than \(most) outputs are on at once", count > most, .interlock, at: time)
        }
        for sensor in rules.guards { judge(sensor, at: time) }
    }

    /// A guard out of range, or silent for too long, leaves its output so much time and no more.
    private func judge(_ sensor: OracleRules.Guard, at time: Int64) {
        guard isOn(sensor.output), devices.indices.contains(sensor.output.device) else {
            brokenSince["guard of \(sensor.output)"] = nil
            return
        }
        let reading = devices[sensor.output.device].readings[sensor.sensorGPIO]
        let isGood = reading.map { reading in
            sensor.rawRange.contains(reading.raw) && time <= reading.at + sensor.maximumAgeMilliseconds
        }
        judge("guard of \(sensor.output)", isGood != true, .guardSensor, within: sensor.offWithinMilliseconds, at: time)
    }

    private func judge(
        _ text: String, _ isBroken: Bool, _ promise: Promise, within span: Int64? = nil, at time: Int64
    ) {
        guard isBroken, hearingSince() != nil else {
            brokenSince[text] = nil
            return
        }
        let since = brokenSince[text] ?? time
        brokenSince[text] = since
        if time > since + (span ?? rules.interlockMilliseconds) {
            violate(promise, "\(text), for \(time - since) ms", at: time)
        }
    }

    /// Whether an output is on and somebody can do something about it.
    private func isOn(_ output: WorldOutput) -> Bool {
        guard devices.indices.contains(output.device), let gpio = GPIO(output.gpio) else { return false }
        let record = devices[output.device].output(gpio)
        return record.onSince != nil && record.soundSince != nil
    }

    /// A twin must not call an output off that its device last showed on, least of all one that is stuck.
    func judgeHonesty(_ device: DeviceID, _ gpio: GPIO, calledOff: Bool, at time: Int64) {
        let output = record(device).output(gpio)
        guard output.soundSince == nil, output.onSince != nil, output.shownOn == true, calledOff else { return }
        violate(.honesty, "\(device) gpio \(gpio) is stuck on and shown on, and its twin calls it off", at: time)
    }
}
