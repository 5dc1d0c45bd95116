import TwinCore

/// Whether a device is connected, and what belongs to that phase alone.
enum Link: Sendable, Equatable {
    /// No connection; outputs stay as they are until `offlineAt`, `nil` when the device is offline already. Next: up.
    case down(offlineAt: Uptime?)
    /// Connected. Next: down.
    case up(Session)
}

/// One connection of a device to the broker.
struct Session: Sendable, Equatable {
    /// When it began.
    let since: Uptime
    /// Whether the server acknowledged this connection's epoch: heartbeats become rare.
    var isAcknowledged = false
    /// Whether the registration gate is open: everything may leave.
    var isRegistered = false
    /// When the latest heartbeat left.
    var lastHeartbeat: Uptime
    /// When the status of all outputs is due.
    var nextStatus: Uptime
    /// When the diagnostics are due.
    var nextDiagnostics: Uptime
    /// When the device gives the server up; `nil` once it has.
    var offlineAt: Uptime?
}

/// What the server last said a device is; it outlives connections and power cycles.
public enum Standing: Sendable, Equatable {
    /// No operator has said yes yet: state PENDING_APPROVAL. Next: operational, error.
    case pendingApproval
    /// It takes part: state OPERATIONAL. Next: pending approval, error.
    case operational
    /// It was refused: state ERROR. Next: pending approval, operational.
    case error
}

/// The state that a device reports, by its number in `config_status.state`.
enum SystemState: Int, Sendable {
    case configurationPending = 8
    case operational = 9
    case pendingApproval = 10
    case libraryDownloading = 11
    case safeMode = 12
    case error = 14

    /// Its name in diagnostics.
    var name: String {
        switch self {
        case .configurationPending: "CONFIG_PENDING_AFTER_RESET"
        case .operational: "OPERATIONAL"
        case .pendingApproval: "PENDING_APPROVAL"
        case .libraryDownloading: "LIBRARY_DOWNLOADING"
        case .safeMode: "SAFE_MODE"
        case .error: "ERROR"
        }
    }

    /// Whether the firmware calls it degraded.
    var isDegraded: Bool {
        switch self {
        case .operational, .pendingApproval: false
        case .configurationPending, .libraryDownloading, .safeMode, .error: true
        }
    }
}

extension SimulatedDevice {
    /// The state that it reports.
    var systemState: SystemState {
        switch standing {
        case .error: return .error
        case .pendingApproval: return .pendingApproval
        case .operational: break
        }
        if isInSafeMode { return .safeMode }
        if awaitsConfiguration { return .configurationPending }
        return download == nil ? .operational : .libraryDownloading
    }
}

/// Where the emergency stop of a device stands.
enum EmergencyState: Sendable, Equatable {
    /// Commands are taken. Next: stopped.
    case normal
    /// Everything is off and commands are refused. Next: stopped anew, settling.
    case stopped(since: Uptime)
    /// A clearing was accepted and is about to be confirmed. Next: normal, stopped.
    ///
    /// Until then the whole device still refuses commands, if a stop held it; otherwise, only what its runtime
    /// protection stopped.
    case settling(until: Uptime, correlation: String?, wasStopped: Bool)

    /// Whether it keeps everything off.
    var holdsEverything: Bool {
        switch self {
        case .normal: false
        case .stopped: true
        case .settling(_, _, let wasStopped): wasStopped
        }
    }
}
