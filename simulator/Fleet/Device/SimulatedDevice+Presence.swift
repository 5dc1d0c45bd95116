import TwinCore

extension SimulatedDevice {
    /// Sends `session/announce`.
    ///
    /// The firmware writes `god` here whatever relay it belongs to.
    mutating func announce(at now: Moment, into actions: inout [DeviceAction]) {
        var payload = PayloadWriter()
        payload.add("esp_id", clientID)
        payload.add("handover_epoch", handoverEpoch)
        payload.add("session_epoch", handoverEpoch)
        payload.add("reason", handoverEpoch == 1 ? "boot" : "reconnect")
        payload.add("ts_ms", unixMilliseconds(at: now) ?? 0)
        payload.add("boot_ts", String(bootSeconds))
        payload.add("connect_seq", handoverEpoch)
        actions.append(
            .publish(
                DevicePublication(
                    topic: "kaiser/god/esp/\(clientID)/session/announce", payload: payload.finished(), qos: 1)))
    }

    /// Sends `system/heartbeat`, and the counters when they are due.
    mutating func beat(at now: Moment, into actions: inout [DeviceAction]) {
        session?.lastHeartbeat = now.uptime
        var payload = PayloadWriter()
        payload.add("esp_id", clientID)
        payload.add("zone_id", configuration.zone)
        payload.add("master_zone_id", configuration.masterZone)
        payload.add("zone_assigned", !configuration.zone.isEmpty)
        payload.add("ts", seconds(at: now))
        payload.add("time_valid", unixMilliseconds(at: now) != nil)
        payload.add("boot_sequence_id", bootSequence)
        payload.add("reset_reason", "POWERON")
        payload.add("segment_start_ts", bootSeconds)
        payload.add("uptime", uptimeMilliseconds(at: now) / 1000)
        payload.add("heap_free", 171_000 + noise.below(2000))
        payload.add("wifi_rssi", -62 + noise.below(9))
        payload.add("sensor_count", reportedSensorCount)
        payload.add("actuator_count", reportedActuatorCount)
        payload.add("wifi_ip", address)
        payload.add("active_handover_epoch", handoverEpoch)
        payload.add("handover_completed_epoch", completedEpoch)
        payload.add("persistence_degraded", false)
        payload.add("persistence_degraded_reason", "")
        payload.add("runtime_state_degraded", systemState.isDegraded)
        payload.add("mqtt_circuit_breaker_open", false)
        payload.add("wifi_circuit_breaker_open", false)
        payload.add("network_degraded", isOffline)
        payload.add("config_status") { status in
            status.add("wifi_configured", true)
            status.add("zone_assigned", !configuration.zone.isEmpty)
            status.add("system_configured", standing == .operational)
            status.add("subzone_count", configuration.subzones.count)
            status.add("boot_count", bootCount)
            status.add("state", systemState.rawValue)
        }
        send("system/heartbeat", payload, qos: 0, into: &actions)
        sendCountersIfDue(at: now, into: &actions)
    }

    /// Sends `system/heartbeat_metrics` with a heartbeat when a counter changed, else with every fifth.
    private mutating func sendCountersIfDue(at now: Moment, into actions: inout [DeviceAction]) {
        heartbeatsSinceMetrics += 1
        let isDue = counters != sentCounters || heartbeatsSinceMetrics >= Firmware.heartbeatsPerMetrics
        guard isDue, isRegistered else { return }
        heartbeatsSinceMetrics = 0
        sentCounters = counters
        var payload = PayloadWriter()
        payload.add("esp_id", clientID)
        payload.add("ts", seconds(at: now))
        payload.add("metrics_schema_version", 1)
        payload.add("offline_enter_count", counters.offlineEntries)
        payload.add("adopting_enter_count", counters.adoptions)
        payload.add("adoption_noop_count", counters.adoptions)
        payload.add("adoption_delta_count", 0)
        payload.add("handover_abort_count", 0)
        payload.add("handover_contract_reject_count", counters.contractRejects)
        payload.add("handover_contract_last_reject", counters.lastContractReject)
        for name in Self.idleCounters { payload.add(name, 0) }
        payload.add("emergency_rejected_no_token_total", counters.refusedWithoutToken)
        send("system/heartbeat_metrics", payload, qos: 0, into: &actions)
    }

    /// Counters of parts that the simulation does not have, such as queues and flash.
    private static let idleCounters = [
        "persistence_drift_count", "critical_outcome_drop_count", "publish_outbox_drop_count", "publish_queue_fill",
        "publish_queue_hwm", "publish_queue_shed_count", "publish_queue_drop_count",
        "sensor_command_queue_overflow_count", "safe_publish_retry_count",
    ]

    /// The device's own idea of civil time, in milliseconds; `nil` while it has none.
    func unixMilliseconds(at now: Moment) -> Int64? {
        guard !personality.hasNoClock else { return nil }
        guard specification.hasNetworkTime else { return adoptedClock.map { $0 + now.uptime.milliseconds } }
        let drift = uptimeMilliseconds(at: now) * Int64(personality.clockDriftPartsPerMillion) / 1_000_000
        return now.time.milliseconds + Int64(personality.clockOffsetMilliseconds) + drift
    }

    /// What the device writes into `ts`: whole seconds, 0 while it has no clock.
    func seconds(at now: Moment) -> Int64 { (unixMilliseconds(at: now) ?? 0) / 1000 }

    /// How long ago the device booted, in milliseconds.
    func uptimeMilliseconds(at now: Moment) -> Int64 { bootedAt.map { now.uptime.milliseconds(since: $0.uptime) } ?? 0 }

    /// When it booted, in seconds of its own civil time.
    var bootSeconds: Int64 {
        guard let bootedAt else { return 0 }
        return (unixMilliseconds(at: bootedAt) ?? 0) / 1000
    }

    /// Its address in the local network.
    var address: String {
        var digest: UInt64 = 0
        for byte in clientID.utf8 { digest = digest &* 31 &+ UInt64(byte) }
        return "10.\(digest >> 16 & 255).\(digest >> 8 & 255).\(digest & 255)"
    }
}
