extension TopicPattern {
    /// The topics below `kaiser/{kaiser}/esp/{id}/`, the frequent ones first.
    static let device: [TopicPattern] =
        [
            TopicPattern("sensor/{gpio}/data", .report(.sensorData)),
            TopicPattern("actuator/{gpio}/status", .report(.actuatorStatus)),
            TopicPattern("system/heartbeat", .report(.heartbeat)),
            TopicPattern("system/heartbeat_metrics", .report(.heartbeatMetrics)),
            TopicPattern("system/heartbeat/ack", .own),
            TopicPattern("actuator/{gpio}/response", .report(.actuatorResponse)),
            TopicPattern("actuator/{gpio}/alert", .report(.actuatorAlert)),
            TopicPattern("actuator/{gpio}/command", .ownCommand),
            TopicPattern("actuator/{gpio}/set", .ownCommand),
            TopicPattern("actuator/emergency", .own),
            TopicPattern("actuator/emergency/ack", .report(.emergencyAcknowledgement)),
            TopicPattern("actuator/emergency/error", .report(.emergencyError)),
            TopicPattern("actuator/emergency/response", .report(.emergencyResponse)),
            TopicPattern("actuator/recovery_confirm", .report(.recovery)),
            TopicPattern("session/announce", .report(.announcement)),
            TopicPattern("system/will", .report(.will)),
        ] + deviceOwn.map { TopicPattern($0, .own) } + deviceLater.map { TopicPattern($0, .later) }

    /// What only a server sends to one device.
    private static let deviceOwn = [
        "sensor/{gpio}/command", "sensor/{gpio}/processed", "system/command", "config", "config/sensor/{gpio}",
        "config/actuator/{gpio}", "zone/assign", "subzone/assign", "subzone/remove", "subzone/safe",
        "mqtt/auth_update", "library/download_start", "library/chunk", "library/download_complete",
        "pi_enhanced/response",
    ]

    /// What a device sends and this version does not decode.
    private static let deviceLater = [
        "sensor/batch", "sensor/{gpio}/response", "system/diagnostics", "system/error", "system/queue_pressure",
        "system/intent_outcome", "system/intent_outcome/lifecycle", "system/command/response", "system/response",
        "onewire/scan_result", "config_response", "config/sensor/{gpio}/ack", "config/actuator/{gpio}/ack",
        "zone/ack", "subzone/ack", "subzone/status", "status", "safe_mode", "health/status", "response",
        "mqtt/auth_status", "library/{message}", "pi_enhanced/request",
    ]

    /// The topics below `kaiser/` that belong to no one device.
    static let site: [TopicPattern] = [
        TopicPattern("broadcast/#", .own),
        TopicPattern("{kaiser}/server/status", .own),
        TopicPattern("{kaiser}/command", .own),
        TopicPattern("{kaiser}/status", .later),
        TopicPattern("{kaiser}/discovery/esp32_nodes", .later),
        TopicPattern("{kaiser}/relay/{relay}/heartbeat", .later),
        TopicPattern("{kaiser}/zone/{zone}/esp/{id}/subzone/{subzone}/sensor/{gpio}/data", .later),
    ]

    /// The words that may stand in the shape of an unknown topic; everything else there is replaced.
    static let words: Set<String> = Set(
        (device + site).flatMap { $0.shape.split(separator: "/") }.filter { !$0.hasPrefix("{") && $0 != "#" }
            .map(String.init) + ["kaiser", "god", "esp"])
}
