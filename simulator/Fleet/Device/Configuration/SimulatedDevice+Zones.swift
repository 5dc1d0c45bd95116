import KaiserProtocol
import TwinCore

extension SimulatedDevice {
    /// Takes `zone/assign`: an empty zone removes the device from its zone, and its subzones with it.
    mutating func takeZone(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let intent = intent(.zone, message)
        let correlation = message.name("correlation_id")
        guard let zone = message.text("zone_id"), zone.utf8.count <= Firmware.zoneBytes else {
            refusedMessages += 1
            tell(.rejected, of: intent, "VALIDATION_FAIL", "zone_id", at: now, into: &actions)
            return refuseZone(
                "VALIDATION_ERROR", "zone_id must be a text of at most 32 bytes", correlation, at: now, into: &actions)
        }
        tell(.accepted, of: intent, "COMMAND_ACCEPTED", at: now, into: &actions)
        configuration.zone = zone
        if zone.isEmpty {
            configuration.forget([.zone])
            // Until the next acknowledgement says otherwise the device takes no command.
            if standing == .operational { standing = .pendingApproval }
        } else {
            configuration.masterZone = message.text("master_zone_id") ?? ""
            configuration.zoneName = message.text("zone_name") ?? ""
        }
        answerZone(zone.isEmpty ? "zone_removed" : "zone_assigned", correlation, at: now, into: &actions)
        tell(.persisted, of: intent, at: now, into: &actions)
        hurryDiagnostics(at: now)
        move(to: message.text("kaiser_id").flatMap { KaiserID($0) }, into: &actions)
    }

    /// Sends `zone/ack` with an error.
    mutating func refuseZone(
        _ code: String, _ words: String, _ correlation: String?, at now: Moment, into actions: inout [DeviceAction]
    ) {
        answerZone("error", correlation, refusal: (code, words), at: now, into: &actions)
    }

    private mutating func answerZone(
        _ status: String, _ correlation: String?, refusal: (code: String, words: String)? = nil, at now: Moment,
        into actions: inout [DeviceAction]
    ) {
        guard let sequence = admit(.free) else { return }
        var payload = PayloadWriter()
        payload.add("esp_id", clientID)
        payload.add("status", status)
        payload.add("zone_id", configuration.zone)
        payload.add("master_zone_id", configuration.masterZone)
        payload.add("ts", seconds(at: now))
        payload.add("seq", sequence)
        if let correlation { payload.add("correlation_id", correlation) }
        if let refusal {
            payload.add("reason_code", refusal.code)
            payload.add("message", refusal.words)
        }
        respond("zone/ack", payload, at: now, into: &actions)
    }

    /// Belongs to another relay from now on.
    private mutating func move(to kaiser: KaiserID?, into actions: inout [DeviceAction]) {
        guard let kaiser, kaiser != configuration.kaiser else { return }
        configuration.kaiser = kaiser
        topicPrefix = "kaiser/\(kaiser)/esp/\(specification.id)/"
        actions.append(.subscribe(subscriptions))
    }
}
