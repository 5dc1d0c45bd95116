import TwinCore

/// What the registration gate does with a message.
enum GatePassage: Sendable {
    /// It leaves at any time: heartbeats, command responses and errors.
    case free
    /// It is dropped until the device is registered, and not kept for later.
    ///
    /// The firmware's list of exceptions names neither `emergency/ack` nor `recovery_confirm`, so both are held; the
    /// status of all outputs, which follows registration, tells the server the same.
    case held
}

extension SimulatedDevice {
    /// Whether a message may leave now.
    func passes(_ passage: GatePassage) -> Bool {
        guard let session else { return false }
        switch passage {
        case .free: return true
        case .held: return session.isRegistered
        }
    }

    /// The sequence number of a message that may leave now; `nil` when it may not.
    mutating func admit(_ passage: GatePassage) -> UInt32? {
        guard passes(passage) else { return nil }
        sequence &+= 1
        return sequence
    }

    func send(_ subtopic: String, _ payload: PayloadWriter, qos: UInt8 = 1, into actions: inout [DeviceAction]) {
        actions.append(
            .publish(DevicePublication(topic: topicPrefix + subtopic, payload: payload.finished(), qos: qos)))
    }

    /// Sends the status of all outputs.
    mutating func reportOutputs(at now: Moment, into actions: inout [DeviceAction]) {
        let next = now.uptime.advanced(byMilliseconds: Int64(specification.statusSeconds) * 1000)
        session?.nextStatus = next
        for index in outputs.indices { report(index, at: now, into: &actions) }
    }

    /// Sends `actuator/{gpio}/status`.
    mutating func report(_ index: Int, at now: Moment, into actions: inout [DeviceAction]) {
        guard let sequence = admit(.held) else { return }
        let output = outputs[index]
        var payload = PayloadWriter()
        payload.add("esp_id", clientID)
        payload.add("seq", sequence)
        payload.add("zone_id", configuration.zone)
        payload.add("subzone_id", configuration.subzone(of: output.gpio, named: output.subzone))
        payload.add("ts", seconds(at: now))
        payload.add("gpio", output.gpio.number)
        payload.add("type", output.kind.rawValue)
        payload.add("state", output.isOn)
        payload.add("pwm", output.level)
        payload.add("runtime_ms", output.runtimeMilliseconds(at: now.uptime))
        payload.add("emergency", emergencyWord(for: output))
        if let source = output.commandSource { payload.add("command_source", source) }
        send("actuator/\(output.gpio)/status", payload, into: &actions)
    }

    /// Sends `actuator/{gpio}/response`.
    mutating func answer(
        _ gpio: GPIO, _ command: ReceivedCommand, isSuccess: Bool, _ words: String, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        guard let sequence = admit(.free) else { return }
        var payload = PayloadWriter()
        payload.add("esp_id", clientID)
        payload.add("seq", sequence)
        payload.add("zone_id", configuration.zone)
        payload.add("ts", seconds(at: now))
        payload.add("gpio", gpio.number)
        payload.add("command", command.word)
        payload.add("value", min(max(command.value ?? 0, -1e6), 1e6), decimals: 3)
        payload.add("duration", command.durationSeconds)
        payload.add("success", isSuccess)
        payload.add("message", words)
        if let correlation = command.correlation { payload.add("correlation_id", correlation) }
        if let issuer = command.issuedBy { payload.add("issued_by", issuer) }
        respond("actuator/\(gpio)/response", payload, at: now, into: &actions)
    }

    /// Sends `actuator/{gpio}/alert` for one output.
    mutating func alert(
        _ index: Int, _ type: String, _ words: String, at now: Moment, into actions: inout [DeviceAction]
    ) {
        alert(pin: Int(outputs[index].gpio.number), type, words, at: now, into: &actions)
    }

    /// Sends `actuator/255/alert`.
    mutating func alertWholeDevice(
        _ type: String, _ words: String, at now: Moment, into actions: inout [DeviceAction]
    ) {
        alert(pin: GPIO.wholeDevice, type, words, at: now, into: &actions)
    }

    /// Sends `actuator/emergency/ack`.
    mutating func acknowledgeStop(
        _ word: String, correlation: String?, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard let sequence = admit(.held) else { return }
        var payload = PayloadWriter()
        payload.add("ts", seconds(at: now))
        payload.add("esp_id", clientID)
        if let correlation { payload.add("correlation_id", correlation) }
        payload.add("command", word)
        payload.add("gpio_count", outputs.count)
        payload.add("outcome", "executed")
        payload.add("seq", sequence)
        respond("actuator/emergency/ack", payload, at: now, into: &actions)
    }

    /// Sends `actuator/recovery_confirm` and `actuator/emergency/response`.
    mutating func confirmRecovery(correlation: String?, at now: Moment, into actions: inout [DeviceAction]) {
        if let sequence = admit(.held) {
            var payload = PayloadWriter()
            payload.add("ts", seconds(at: now))
            payload.add("esp_id", clientID)
            if let correlation { payload.add("correlation_id", correlation) }
            payload.add("command", "clear_emergency")
            payload.add("state", "cleared")
            payload.add("seq", sequence)
            send("actuator/recovery_confirm", payload, into: &actions)
        }
        guard let sequence = admit(.free) else { return }
        var payload = PayloadWriter()
        payload.add("status", "emergency_cleared")
        payload.add("timestamp", uptimeMilliseconds(at: now))
        payload.add("seq", sequence)
        send("actuator/emergency/response", payload, into: &actions)
    }

    /// Sends `actuator/emergency/error`.
    mutating func refuseEmergency(_ error: String, _ words: String, into actions: inout [DeviceAction]) {
        guard let sequence = admit(.free) else { return }
        var payload = PayloadWriter()
        payload.add("error", error)
        payload.add("message", words)
        payload.add("seq", sequence)
        send("actuator/emergency/error", payload, into: &actions)
    }

    private mutating func alert(
        pin: Int, _ type: String, _ words: String, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard let sequence = admit(.held) else { return }
        var payload = PayloadWriter()
        payload.add("esp_id", clientID)
        payload.add("seq", sequence)
        payload.add("zone_id", configuration.zone)
        payload.add("ts", seconds(at: now))
        payload.add("gpio", pin)
        payload.add("alert_type", type)
        payload.add("message", words)
        send("actuator/\(pin)/alert", payload, into: &actions)
    }

    private func emergencyWord(for output: SimulatedOutput) -> String {
        switch emergency {
        case .normal, .stopped: output.isEmergencyStopped ? "active" : "normal"
        case .settling: output.isEmergencyStopped ? "clearing" : "normal"
        }
    }
}
