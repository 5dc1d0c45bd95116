extension Vocabulary {
    /// The states of a device, by name.
    static let systemStates = Self(
        [
            "BOOT", "WIFI_SETUP", "WIFI_CONNECTED", "MQTT_CONNECTING", "MQTT_CONNECTED", "AWAITING_USER_CONFIG",
            "ZONE_CONFIGURED", "SENSORS_CONFIGURED", "CONFIG_PENDING_AFTER_RESET", "OPERATIONAL", "PENDING_APPROVAL",
            "LIBRARY_DOWNLOADING", "SAFE_MODE", "SAFE_MODE_PROVISIONING", "ERROR", "UNKNOWN",
        ],
        aliases: ["BOOTING": "BOOT", "PENDING": "PENDING_APPROVAL", "RUNNING": "OPERATIONAL"], spelling: .upper)

    /// Why a device restarted.
    static let resetReasons = Self(
        [
            "POWERON", "EXT", "SW", "PANIC", "INT_WDT", "TASK_WDT", "WDT", "DEEPSLEEP", "BROWNOUT", "SDIO", "UNKNOWN",
        ], spelling: .exact)

    /// Where a device's breaker towards the broker stands.
    static let breakerStates = Self(["CLOSED", "OPEN", "HALF_OPEN"], spelling: .upper)

    /// How strict a device's watchdog is.
    static let watchdogModes = Self(["DISABLED", "PROVISIONING", "PRODUCTION", "SAFE_MODE"], spelling: .upper)

    /// What a device's error belongs to.
    static let errorCategories = Self(
        ["HARDWARE", "SERVICE", "COMMUNICATION", "APPLICATION", "UNKNOWN", "SYSTEM", "SAFETY"],
        aliases: ["HW": "HARDWARE", "COMM": "COMMUNICATION"], spelling: .upper)

    /// How a device signs in to its broker.
    static let signInModes = Self(["anonymous", "authenticated"], spelling: .lower)

    /// Why a measurement on request failed.
    static let measureReasons = Self(
        [
            "NONE", "MEASURE_TIMEOUT", "PUBLISH_SKIPPED", "MEASUREMENT_FAILED", "SENSOR_NOT_FOUND", "SENSOR_INACTIVE",
            "NOT_INITIALIZED",
        ], spelling: .upper)

    /// What kind of thing an intent is.
    ///
    /// The firmware also says `heartbeat`, for an acknowledgement it did not accept; that is no intent of anybody, and
    /// outside the contract's canonical words.
    static let flows = Self(
        [
            "command", "config", "publish", "zone", "subzone_assign", "subzone_remove", "subzone_safe",
            "offline_rules",
        ],
        aliases: [
            "cmd": "command", "commands": "command", "cfg": "config", "configuration": "config", "pub": "publish",
        ], spelling: .lower)

    /// How far an intent came.
    static let outcomes = Self(
        ["accepted", "rejected", "applied", "persisted", "failed", "expired"],
        aliases: [
            "processing": "accepted", "success": "persisted", "ok": "persisted", "error": "failed",
            "timeout": "expired",
        ], spelling: .lower)

    /// Why an intent came as far as it did.
    static let intentCodes = Self(
        [
            // Accepting.
            "COMMAND_ACCEPTED", "RECOVERY_ACCEPTED", "NONE",
            // Not admitted.
            "REGISTRATION_PENDING", "CONFIG_PENDING_BLOCKED", "PENDING_APPROVAL_BLOCKED", "DEGRADED_MODE_BLOCKED",
            "SAFETY_LOCKED", "MODE_UNSUPPORTED",
            // Lost in a queue.
            "QUEUE_FULL", "PUBLISH_OUTBOX_FULL", "OUTBOX_FULL", "PENDING_RING_EVICTION", "REPLAY_QUEUE_FULL",
            "SAFETY_QUEUE_FLUSHED", "SAFETY_EPOCH_INVALIDATED", "TTL_EXPIRED",
            // Not understood.
            "PAYLOAD_TOO_LARGE", "VALIDATION_FAIL", "INVALID_JSON", "JSON_PARSE_ERROR", "UNKNOWN_COMMAND",
            "CONTRACT_CORRELATION_MISSING",
            // Not carried out.
            "EXECUTE_FAIL", "MEASURE_TIMEOUT", "COMMIT_FAILED", "WRITE_TIMEOUT", "CONFIG_LANE_BUSY", "STALE_SCOPE",
            "STALE_SCOPE_SENSOR", "STALE_SCOPE_ACTUATOR", "STALE_SCOPE_OFFLINE", "REPLAY", "PERSISTENCE_DRIFT",
            // Emergency stops.
            "EMERGENCY_STOP_TRIGGERED", "BROADCAST_EMERGENCY_STOP_TRIGGERED", "EMERGENCY_CLEAR_APPLIED",
            "EMERGENCY_CLEAR_REJECTED", "EMERGENCY_PARSE_ERROR", "EMERGENCY_CONTRACT_MISMATCH", "UNAUTHORIZED",
            "NO_TOKEN_CONFIGURED",
            // Registration.
            "UPSTREAM_DELETE_REVOKED", "HEARTBEAT_REJECTED", "CONTRACT_UNKNOWN_CODE",
        ],
        suffixes: ["_ALLOWLIST_ACCEPTED", "_CONFIG_ACCEPTED"], spelling: .upper)

    /// What came of a part of a configuration.
    static let configurationStatuses = Self(
        ["success", "partial_success", "error"],
        aliases: ["ok": "success", "failed": "error", "partial": "partial_success"], spelling: .lower)

    /// The parts of a configuration.
    static let configurationSections = Self(
        ["sensor", "actuator", "wifi", "zone", "system", "unknown"],
        aliases: ["cfg": "system", "configuration": "system"], spelling: .lower)

    /// Why a device refused a configuration.
    static let configurationErrors = Self(
        [
            "NONE", "JSON_PARSE_ERROR", "VALIDATION_FAILED", "GPIO_CONFLICT", "NVS_WRITE_FAILED", "TYPE_MISMATCH",
            "MISSING_FIELD", "OUT_OF_RANGE", "UNKNOWN_ERROR", "SENSOR_ARRAY_EMPTY", "ACTUATOR_ARRAY_EMPTY",
            "PAYLOAD_TOO_LARGE", "QUEUE_FULL", "WRITE_TIMEOUT", "COMMIT_FAILED", "REPLAY_QUEUE_FULL", "OUTBOX_FULL",
            "PERSISTENCE_DRIFT", "CONTRACT_MISSING_CORRELATION", "CONTRACT_UNKNOWN_CODE",
        ],
        prefixes: ["STALE_"], spelling: .upper)
}
