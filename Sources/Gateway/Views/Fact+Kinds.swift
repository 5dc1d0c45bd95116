import TwinCore

extension Fact {
    /// Every kind a watcher can hear of.
    static let kinds = [
        "site.run_started", "site.run_ended", "site.stop_latched", "site.stop_released", "site.catalogue_loaded",
        "site.relay_reported", "site.broadcast_token_changed", "device.discovered", "device.moved", "device.approved",
        "device.rejected", "device.readmitted", "device.deleted", "device.came_online", "device.went_offline",
        "device.heartbeat", "device.metrics", "device.announced", "device.will", "device.will_erased",
        "device.alerted", "device.stop_ordered", "device.stop_repeated", "device.stop_acknowledged",
        "device.clear_requested", "device.clear_sent", "device.clear_refused", "device.cleared",
        "device.stray_response", "device.stray_emergency", "device.hardware_reported", "device.bus_scanned",
        "device.diagnosed", "device.erred", "device.pressure_changed", "device.status_reported",
        "device.safe_mode_reported", "device.credentials_reported", "device.subzone_reported",
        "device.intent_outcome", "device.intent_lifecycle", "device.configuration_wished",
        "device.configuration_step_begun", "device.configuration_step_repeated", "device.configuration_step_accepted",
        "device.configuration_step_failing", "device.configuration_applied", "device.configuration_refused",
        "device.configuration_step_ended", "device.configuration_expired", "device.configuration_zone_reported",
        "device.configuration_count_mismatched", "device.configuration_stray_answer",
        "device.configuration_stray_zone_answer", "device.configuration_stray_subzone_answer",
        "device.operation_accepted", "device.operation_sent", "device.operation_repeated",
        "device.operation_answered", "device.operation_failed", "device.operation_unanswered",
        "device.operation_stray", "device.operation_stray_measurement", "device.token_sent", "device.token_confirmed",
        "device.token_refused", "device.library_requested", "device.library_refused", "device.library_begun",
        "device.library_ready", "device.library_chunk_sent", "device.library_chunk_acknowledged",
        "device.library_completed", "device.library_chunks_missing", "device.library_installed",
        "device.library_failed", "device.library_stray", "device.alarmed", "device.quarantined",
        "device.quarantine_lifted", "sensor.sampled", "sensor.registers_reported",
        "sensor.reprocessed", "sensor.calibration_begun", "sensor.calibration_point_taken",
        "sensor.calibration_point_dropped", "sensor.calibration_applied", "sensor.calibration_abandoned",
        "sensor.calibration_expired", "sensor.calibration_removed", "actuator.reported", "actuator.alerted",
        "actuator.confirmation_forgotten", "actuator.command_accepted", "actuator.command_refused",
        "actuator.command_sent", "actuator.command_retried", "actuator.command_acknowledged", "actuator.answered",
        "actuator.command_finished", "actuator.lease_ended", "actuator.safe_state_ordered",
        "actuator.safe_state_repeated", "actuator.safe_state_confirmed", "actuator.alarmed", "actuator.locked_out",
        "actuator.lockout_ended", "actuator.effect_seen",
    ]
}
