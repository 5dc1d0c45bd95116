import TwinCore

extension Fact {
    /// Every kind a watcher can hear of.
    static let kinds = [
        "site.run_started", "site.run_ended", "site.stop_latched", "site.stop_released", "device.discovered",
        "device.moved", "device.approved", "device.rejected", "device.came_online", "device.went_offline",
        "device.heartbeat", "device.metrics", "device.announced", "device.will",
        "device.will_erased", "device.alerted", "device.stop_ordered", "device.stop_repeated",
        "device.stop_acknowledged", "device.clear_requested", "device.clear_sent", "device.clear_refused",
        "device.cleared", "device.stray_response", "device.stray_emergency", "sensor.sampled", "actuator.reported",
        "actuator.alerted", "actuator.confirmation_forgotten", "actuator.command_accepted",
        "actuator.command_refused", "actuator.command_sent", "actuator.command_acknowledged",
        "actuator.command_retried", "actuator.answered", "actuator.command_finished", "actuator.lease_ended",
        "actuator.safe_state_ordered", "actuator.safe_state_repeated", "actuator.safe_state_confirmed",
    ]
}
