/// What a device counts about itself since it booted (`system/heartbeat_metrics`).
struct DeviceCounters: Sendable, Equatable {
    /// How often it went offline.
    var offlineEntries = 0
    /// How often it was taken up again after a reconnect.
    var adoptions = 0
    /// How many acknowledgements it refused.
    var contractRejects = 0
    /// Why it refused the latest of them.
    var lastContractReject = ""
    /// How many emergency orders it refused because it holds no token.
    var refusedWithoutToken = 0
}
