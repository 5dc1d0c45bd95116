/// Answers as clients know them; a change here is a change of the interface.
enum Golden {
    /// The device in full work.
    static let twin =
        #"{"id":"ESP_AABB01","kaiser":"god","status":"online","status_since":"2025-01-31T11:59:57.000Z","#
        + #""last_heard":"2025-01-31T11:59:00.000Z","revision":42,"zone":"north","master_zone":null,"#
        + #""emergency":"none","stop":null,"emergency_refusal":null,"health":{"uptime_seconds":3600,"#
        + #""heap_free_bytes":210000,"rssi_dbm":-61,"sensor_count":null,"actuator_count":null,"#
        + #""boot_sequence":null,"reset_reason":null,"system_state":null,"config_state":null,"ip_address":null,"#
        + #""counters":null,"diagnostics":null,"status":null,"safe_mode":null,"queue_pressure":null,"#
        + #""credentials":null,"isolated_subzones":[],"error_count":0,"errors_per_hour":0,"errors":[]},"#
        + #""flags":["alias:gpio"],"degradations":["mqtt_degraded"],"last_alert":null,"#
        + #""sensors":[{"id":"0:sht31_temp:68","gpio":0,"type":"sht31_temp","address":68,"value":25.001,"#
        + #""unit":"°C","raw":26214.5,"quality":"good","event_time":"2025-01-31T11:59:58.000Z","#
        + #""receipt_time":"2025-01-31T11:59:58.040Z","fault":null,"count":1,"model":null,"passes_raw":false,"#
        + #""calibration":{"method":null,"number":null,"points":null,"applied_at":null,"due":null,"#
        + #""session":null},"reprocessed":null},{"id":"0:sht31_humidity:68","gpio":0,"type":"sht31_humidity","#
        + #""address":68,"value":50,"unit":"%RH","raw":32768,"quality":"error","#
        + #""event_time":"2025-01-31T11:59:56.000Z","receipt_time":"2025-01-31T11:59:56.040Z","fault":{"raw":0,"#
        + #""quality":"error","event_time":"2025-01-31T11:59:58.000Z","receipt_time":"2025-01-31T11:59:58.040Z","#
        + #""error_code":7},"count":2,"model":null,"passes_raw":false,"calibration":{"method":null,"#
        + #""number":null,"points":null,"applied_at":null,"due":null,"session":null},"reprocessed":null}],"#
        + #""actuators":[{"id":"ESP_AABB01:25","gpio":25,"type":"pump","requested":{"command_id":"c-1","#
        + #""command":"ON","value":1,"issued_by":"http:unknown","at":"2025-01-31T11:59:55.000Z"},"#
        + #""confirmed":{"on":true,"value":1,"at":"2025-01-31T11:59:55.500Z","state":"on","#
        + #""command_source":"http:unknown"},"lease":{"command_id":"c-1","owner":"http:unknown","#
        + #""ends_at":"2025-01-31T12:00:25.000Z","#
        + #""seconds":30,"remaining_seconds":25,"counted_by_device":true},"emergency":"none","pending":{"command_id":"c-1","#
        + #""state":"sent","attempts":1},"safe_state":null,"last_alert":null,"revision":2,"#
        + #""enforcement":[{"limit":"lease","enforced":"both","why":"The device counts the duration of an ON,"#
        + #" and so does the twin."},{"limit":"max_on_time","enforced":"here","why":"The device has not"#
        + #" confirmed how long it lets it run."},{"limit":"default_state","enforced":"here","why":"The device"#
        + #" has not confirmed that it is off by default; it is driven off when it returns."}],"#
        + #""lockout":null,"last_alarm":null,"#
        + #""starts_last_hour":1}],"desired":{"name":null,"#
        + #""board":null,"zone":null,"subzones":{},"sensors":{},"actuators":{}},"reported":{"name":null,"#
        + #""board":null,"zone":null,"subzones":{},"sensors":{},"actuators":{}},"delta":[],"properties":{},"#
        + #""configuration":{"desired_revision":0,"step":null,"mismatch":null},"configuration_pending":null,"#
        + #""clock":{"behind_seconds":0,"heartbeats":1,"unsteady":false},"hardware":null,"bus_scan":null,"#
        + #""intents":[],"operations":[],"tokens":{"esp":{"held":false,"unconfirmed":false,"refusal":null},"#
        + #""broadcast":{"held":false,"unconfirmed":false,"refusal":null}},"library":null,"last_alarm":null,"quarantine":null}"#
}
