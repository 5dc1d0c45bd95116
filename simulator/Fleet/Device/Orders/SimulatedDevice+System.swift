import KaiserProtocol
import TwinCore

extension SimulatedDevice {
    /// Takes `system/command`: the words are compared letter by letter, so one in upper case is unknown.
    mutating func takeSystemCommand(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let intent = intent(.command, message)
        let text = message.text("command") ?? ""
        guard let word = SystemWord(rawValue: text) else {
            return refuse(text, "Unknown command", "UNKNOWN_COMMAND", intent, at: now, into: &actions)
        }
        if standing != .operational || !isRegistered, !word.isAllowedWhilePending {
            let code = standing == .operational ? "REGISTRATION_PENDING" : "PENDING_APPROVAL_BLOCKED"
            return refuse(text, "Command refused, not approved yet", code, intent, at: now, into: &actions)
        }
        switch word {
        case .factoryReset: takeFactoryReset(message, intent, at: now, into: &actions)
        case .oneWireScan: takeScan(message, intent, at: now, into: &actions)
        case .status: answer(word, intent, at: now, into: &actions) { $0.addStatus(to: &$1, at: now) }
        case .diagnostics: answer(word, intent, at: now, into: &actions) { $0.addDiagnostics(to: &$1, at: now) }
        case .readConfiguration: answer(word, intent, at: now, into: &actions) { $0.addConfiguration(to: &$1) }
        case .enterSafeMode:
            enterSafeMode(at: now, into: &actions)
            answer(word, intent, at: now, into: &actions) { _, _ in }
        case .leaveSafeMode:
            isInSafeMode = false
            reportSafeMode(at: now, into: &actions)
            answer(word, intent, at: now, into: &actions) { _, _ in }
        case .setLogLevel: takeLogLevel(message, intent, at: now, into: &actions)
        case .setEmergencyToken: takeToken(message, intent, at: now, into: &actions)
        }
        hurryDiagnostics(at: now)
    }

    private mutating func takeFactoryReset(
        _ message: borrowing ReceivedPayload, _ intent: Intent, at now: Moment, into actions: inout [DeviceAction]
    ) {
        guard message.boolean("confirm") == true else {
            return refuse("factory_reset", "confirm must be true", "VALIDATION_FAIL", intent, at: now, into: &actions)
        }
        tell(.accepted, of: intent, "COMMAND_ACCEPTED", at: now, into: &actions)
        if passes(.free) {
            var payload = PayloadWriter()
            payload.add("status", "factory_reset_initiated")
            respond("system/command/response", payload, at: now, into: &actions)
        }
        // Somebody provisions it again at once, for the same broker and under the same relay.
        configuration = DeviceConfiguration(kaiser: configuration.kaiser)
        (emergencyToken, broadcastToken, username) = (nil, nil, nil)
        (libraries, latestGeneration, logLevel) = ([:], 0, "INFO")
        standing = .pendingApproval
        awaitsConfiguration = false
        actions += rebooted(at: now)
    }

    private mutating func takeScan(
        _ message: borrowing ReceivedPayload, _ intent: Intent, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let pin = message.parameter("pin") { $0.integer($1) } ?? Int64(specification.board.oneWirePin)
        guard let gpio = Int(exactly: pin).flatMap(GPIO.init), specification.board.refusal(of: Int(pin)) == nil else {
            return refuse(
                "onewire/scan", "GPIO \(pin) carries no bus", "VALIDATION_FAIL", intent, at: now, into: &actions)
        }
        tell(.accepted, of: intent, "COMMAND_ACCEPTED", at: now, into: &actions)
        // What is wired answers, whether it is configured or not.
        let devices = specification.sensors.compactMap { sensor -> PayloadWriter? in
            guard sensor.gpio == gpio, case .oneWire(let rom) = sensor.address else { return nil }
            var device = PayloadWriter()
            device.add("rom_code", rom)
            device.add("device_type", "DS18B20")
            device.add("pin", gpio.number)
            return device
        }
        if let sequence = admit(.held) {
            var result = PayloadWriter()
            result.add("devices", objects: devices)
            result.add("found_count", devices.count)
            result.add("seq", sequence)
            // The firmware writes `god` here whatever relay it belongs to.
            respond(
                with: DevicePublication(
                    topic: "kaiser/god/esp/\(clientID)/onewire/scan_result", payload: result.finished(), qos: 1),
                at: now, into: &actions)
        }
        if passes(.free) {
            var payload = PayloadWriter()
            payload.add("command", "onewire/scan")
            payload.add("status", "ok")
            payload.add("found_count", devices.count)
            payload.add("pin", gpio.number)
            respond("system/command/response", payload, at: now, into: &actions)
        }
        tell(.applied, of: intent, at: now, into: &actions)
    }

    private mutating func takeLogLevel(
        _ message: borrowing ReceivedPayload, _ intent: Intent, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let level = (message.parameter("level") { $0.text($1) } ?? "").uppercased()
        guard ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"].contains(level) else {
            return refuse("set_log_level", "Invalid level", "VALIDATION_FAIL", intent, at: now, into: &actions)
        }
        logLevel = level
        answer(.setLogLevel, intent, at: now, into: &actions) { _, payload in
            payload.add("level", level)
            payload.add("persisted", true)
        }
    }

    private mutating func takeToken(
        _ message: borrowing ReceivedPayload, _ intent: Intent, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let token = message.parameter("token") { $0.text($1) } ?? ""
        let type = message.parameter("token_type") { $0.text($1) } ?? "esp"
        guard (1...64).contains(token.utf8.count), type == "esp" || type == "broadcast" else {
            return refuse(
                "set_emergency_token", "Invalid token or token_type", "VALIDATION_FAIL", intent, at: now,
                into: &actions)
        }
        if type == "esp" { emergencyToken = token } else { broadcastToken = token }
        answer(.setEmergencyToken, intent, at: now, into: &actions) { _, payload in payload.add("token_type", type) }
    }

    /// Switches every output off and keeps them off.
    private mutating func enterSafeMode(at now: Moment, into actions: inout [DeviceAction]) {
        isInSafeMode = true
        for index in outputs.indices { isolate(index, at: now, into: &actions) }
        reportSafeMode(at: now, into: &actions)
    }

    /// Sends `system/command/response` about what was carried out, and the outcome.
    private mutating func answer(
        _ word: SystemWord, _ intent: Intent, at now: Moment, into actions: inout [DeviceAction],
        _ add: (inout Self, inout PayloadWriter) -> Void
    ) {
        tell(.accepted, of: intent, "COMMAND_ACCEPTED", at: now, into: &actions)
        if let sequence = admit(.free) {
            var payload = PayloadWriter()
            payload.add("command", word.rawValue)
            payload.add("success", true)
            payload.add("esp_id", clientID)
            add(&self, &payload)
            payload.add("ts", seconds(at: now))
            payload.add("seq", sequence)
            respond("system/command/response", payload, at: now, into: &actions)
        }
        tell(.applied, of: intent, at: now, into: &actions)
    }

    private mutating func refuse(
        _ text: String, _ words: String, _ code: String, _ intent: Intent, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        tell(.rejected, of: intent, code, words, at: now, into: &actions)
        guard let sequence = admit(.free) else { return }
        var payload = PayloadWriter()
        payload.add("command", Firmware.buffered(text))
        payload.add("success", false)
        payload.add("esp_id", clientID)
        payload.add("error", words)
        payload.add("reason_code", code)
        payload.add("state", systemState.name)
        payload.add("ts", seconds(at: now))
        payload.add("seq", sequence)
        respond("system/command/response", payload, at: now, into: &actions)
    }
}

extension ReceivedPayload {
    /// A parameter, which stands at the top or under `params`.
    fileprivate func parameter<Value>(
        _ key: JSONKey, _ read: (borrowing ReceivedPayload, JSONKey) -> Value?
    ) -> Value? {
        if let value = read(self, key) { return value }
        guard let parameters = nested("params") else { return nil }
        return read(parameters, key)
    }
}
