/// The words of `system/command` that the firmware knows, exactly as it spells them.
enum SystemWord: String, Sendable {
    case factoryReset = "factory_reset"
    case oneWireScan = "onewire/scan"
    case status, diagnostics
    case readConfiguration = "get_config"
    case enterSafeMode = "safe_mode"
    case leaveSafeMode = "exit_safe_mode"
    case setLogLevel = "set_log_level"
    case setEmergencyToken = "set_emergency_token"

    /// Whether it is carried out before the device is approved, too.
    var isAllowedWhilePending: Bool {
        switch self {
        case .status, .diagnostics, .readConfiguration, .setLogLevel, .enterSafeMode: true
        case .factoryReset, .oneWireScan, .leaveSafeMode, .setEmergencyToken: false
        }
    }
}
