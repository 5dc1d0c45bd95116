extension TopicPattern {
    /// The topics below `kaiser/{kaiser}/esp/{id}/`, the frequent ones first.
    static let device: [TopicPattern] =
        [
            TopicPattern("sensor/{gpio}/data", .report(.sensorData)),
            TopicPattern("actuator/{gpio}/status", .report(.actuatorStatus)),
            TopicPattern("system/heartbeat", .report(.heartbeat)),
            TopicPattern("system/heartbeat_metrics", .report(.heartbeatMetrics)),
            TopicPattern("system/heartbeat/ack", .server),
            TopicPattern("actuator/{gpio}/response", .report(.actuatorResponse)),
            TopicPattern("actuator/{gpio}/alert", .report(.actuatorAlert)),
            TopicPattern("actuator/{gpio}/command", .command),
            TopicPattern("actuator/{gpio}/set", .command),
            TopicPattern("actuator/emergency", .emergency),
            TopicPattern("actuator/emergency/ack", .report(.emergencyAcknowledgement)),
            TopicPattern("actuator/emergency/error", .report(.emergencyError)),
            TopicPattern("actuator/emergency/response", .report(.emergencyResponse)),
            TopicPattern("actuator/recovery_confirm", .report(.recovery)),
            TopicPattern("session/announce", .report(.announcement)),
            TopicPattern("system/will", .report(.will)),
        ] + deviceRare + deviceServer.map { TopicPattern($0, .server) }

    /// What only a server sends to one device.
    private static let deviceServer = [
        "sensor/{gpio}/command", "sensor/{gpio}/processed", "system/command", "config", "config/sensor/{gpio}",
        "config/actuator/{gpio}", "zone/assign", "subzone/assign", "subzone/remove", "subzone/safe",
        "mqtt/auth_update", "library/download_start", "library/chunk", "library/download_complete",
        "pi_enhanced/response",
    ]

    /// What a device sends now and then, or only in the contract's documents.
    private static let deviceRare: [TopicPattern] = [
        TopicPattern("system/diagnostics", .report(.diagnostics)),
        TopicPattern("system/error", .report(.error)),
        TopicPattern("system/queue_pressure", .report(.queuePressure)),
        TopicPattern("system/intent_outcome", .report(.intentOutcome)),
        TopicPattern("system/intent_outcome/lifecycle", .report(.intentLifecycle)),
        TopicPattern("sensor/{gpio}/response", .report(.measurement)),
        TopicPattern("sensor/batch", .report(.sensorBatch)),
        TopicPattern("pi_enhanced/request", .report(.processingRequest)),
        TopicPattern("config_response", .report(.configurationResponse)),
        TopicPattern("config/sensor/{gpio}/ack", .report(.sensorConfiguration)),
        TopicPattern("config/actuator/{gpio}/ack", .report(.actuatorConfiguration)),
        TopicPattern("zone/ack", .report(.zoneAnswer)),
        TopicPattern("subzone/ack", .report(.subzoneAnswer)),
        TopicPattern("subzone/status", .report(.subzoneStatus)),
        TopicPattern("system/command/response", .report(.systemAnswer)),
        TopicPattern("system/response", .report(.systemAnswer)),
        TopicPattern("response", .report(.systemAnswer)),
        TopicPattern("onewire/scan_result", .report(.busScan)),
        TopicPattern("status", .report(.status)),
        TopicPattern("health/status", .report(.status)),
        TopicPattern("safe_mode", .report(.safeMode)),
        TopicPattern("mqtt/auth_status", .report(.credentials)),
        TopicPattern("library/request", .report(.library(.request))),
        TopicPattern("library/download_ready", .report(.library(.ready))),
        TopicPattern("library/chunk_ack", .report(.library(.chunkAcknowledgement))),
        TopicPattern("library/chunk_request", .report(.library(.chunkRequest))),
        TopicPattern("library/download_status", .report(.library(.finished))),
        TopicPattern("library/installed", .report(.library(.installed))),
        TopicPattern("library/ready", .report(.library(.installed))),
        TopicPattern("library/error", .report(.library(.error))),
        TopicPattern("library/download_abort", .report(.library(.abort))),
    ]

    /// The topics below `kaiser/` that belong to no one device.
    static let site: [TopicPattern] = [
        TopicPattern("broadcast/emergency", .emergency),
        TopicPattern("broadcast/#", .server),
        TopicPattern("god/server/claim", .claim),
        TopicPattern("{kaiser}/server/status", .server),
        TopicPattern("{kaiser}/command", .server),
        TopicPattern("{kaiser}/status", .unsupported),
        TopicPattern("{kaiser}/discovery/esp32_nodes", .discovery),
        TopicPattern("{kaiser}/relay/{relay}/heartbeat", .relay),
        TopicPattern("{kaiser}/zone/{zone}/esp/{id}/subzone/{subzone}/sensor/{gpio}/data", .report(.sensorData)),
    ]

    /// The words that may stand in the shape of an unknown topic; everything else there is replaced.
    static let words: Set<String> = Set(
        (device + site).flatMap { $0.shape.split(separator: "/") }.filter { !$0.hasPrefix("{") && $0 != "#" }
            .map(String.init) + ["kaiser", "god", "esp"])
}
