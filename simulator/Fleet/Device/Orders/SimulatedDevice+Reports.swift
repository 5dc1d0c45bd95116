import KaiserProtocol
import TwinCore

extension SimulatedDevice {
    /// The members of the answer to `status`.
    func addStatus(to payload: inout PayloadWriter, at now: Moment) {
        payload.add("system_state", systemState.name)
        payload.add("uptime", uptimeMilliseconds(at: now) / 1000)
        payload.add("heap_free", 171_000)
        payload.add("zone_id", configuration.zone)
        payload.add("master_zone_id", configuration.masterZone)
        payload.add("sensor_count", reportedSensorCount)
        payload.add("actuator_count", reportedActuatorCount)
        payload.add("log_level", logLevel)
    }

    /// The members of the answer to `get_config`; the lists are left out where a message cannot hold them.
    func addConfiguration(to payload: inout PayloadWriter) {
        payload.add("zone_id", configuration.zone)
        payload.add("master_zone_id", configuration.masterZone)
        payload.add("subzone_count", configuration.subzones.count)
        payload.add("sensor_count", configuration.sensors.count)
        payload.add("actuator_count", configuration.actuators.count)
        var full = payload
        full.add(
            "sensors",
            objects: configuration.sensors.map { sensor in
                var item = PayloadWriter()
                item.add("gpio", sensor.key.gpio.number)
                item.add("sensor_type", sensor.key.type)
                return item
            })
        full.add(
            "actuators",
            objects: configuration.actuators.map { actuator in
                var item = PayloadWriter()
                item.add("gpio", actuator.gpio.number)
                item.add("actuator_type", actuator.kind.rawValue)
                return item
            })
        // Room for the time and the number that follow.
        if full.bytes.count <= Firmware.maximumOutboundBytes - 64 {
            payload = full
        } else {
            payload.add("truncated", true)
        }
    }

    /// Sends the documented `status`, where the device knows such topics.
    mutating func reportStatus(at now: Moment, into actions: inout [DeviceAction]) {
        guard personality.usesDocumentedTopics, passes(.held) else { return }
        var payload = PayloadWriter()
        payload.add("ts", seconds(at: now))
        payload.add("esp_id", clientID)
        payload.add("system_state", systemState.name)
        payload.add("webserver_active", false)
        payload.add("wifi_connected", true)
        payload.add("mqtt_connected", true)
        payload.add("zone_configured", !configuration.zone.isEmpty)
        payload.add("zone_id", configuration.zone)
        payload.add("master_zone_id", configuration.masterZone)
        payload.add("sensors_configured", reportedSensorCount)
        payload.add("actuators_configured", reportedActuatorCount)
        payload.add("heap_free", 171_000)
        payload.add("uptime", uptimeMilliseconds(at: now) / 1000)
        send("status", payload, into: &actions)
    }

    /// Sends the documented `safe_mode`, where the device knows such topics.
    mutating func reportSafeMode(at now: Moment, into actions: inout [DeviceAction]) {
        guard personality.usesDocumentedTopics, passes(.held) else { return }
        var payload = PayloadWriter()
        payload.add("ts", seconds(at: now))
        payload.add("esp_id", clientID)
        payload.add("safe_mode_active", isInSafeMode)
        payload.add("reason", "command")
        send("safe_mode", payload, into: &actions)
    }

    /// Takes the documented `mqtt/auth_update`: other credentials from now on.
    mutating func takeCredentials(
        _ message: borrowing ReceivedPayload, at now: Moment, into actions: inout [DeviceAction]
    ) {
        let isEnabled = message.boolean("enabled") ?? false
        let name = message.text("username") ?? ""
        let password = message.text("password") ?? ""
        let isValid = !isEnabled || (3...32).contains(name.utf8.count) && (8...64).contains(password.utf8.count)
        if isValid { username = isEnabled ? name : nil } else { refusedMessages += 1 }
        if passes(.held) {
            var payload = PayloadWriter()
            payload.add("ts", seconds(at: now))
            payload.add("esp_id", clientID)
            payload.add("success", isValid)
            payload.add("mode", username == nil ? "anonymous" : "authenticated")
            payload.add("username", username ?? "")
            if !isValid { payload.add("error", "username or password too short or too long") }
            respond("mqtt/auth_status", payload, at: now, into: &actions)
        }
        guard isValid, message.boolean("force_reconnect") == true else { return }
        actions += connectionLost(at: now)
        actions.append(.disconnect)
    }
}
