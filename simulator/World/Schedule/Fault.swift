/// Something that goes wrong in a world.
public enum Fault: String, Sendable, Hashable, Codable, CaseIterable {
    // The network.
    case cut, flappingLink = "flapping_link", loseIngest = "lose_ingest", loseControl = "lose_control"
    case brokerRestart = "broker_restart", brokerReset = "broker_reset", foreignRetained = "foreign_retained"
    case duplicate, reorder, twinID = "twin_id", telemetryHeld = "telemetry_held"
    // The devices.
    case reboot, rebootStorm = "reboot_storm", brownOut = "brown_out", deviceClockJump = "device_clock_jump"
    case lostAnswers = "lost_ack", lateAnswers = "late_ack", lyingAnswers = "lying_ack"
    case stuckOn = "stuck_on", stuckOff = "stuck_off", silentSensors = "silent_sensors"
    // The disk and the clock.
    case diskFull = "disk_full", commitFails = "commit_fails", commitSlow = "commit_slow", clockJump = "clock_jump"
    // The process.
    case crash, crashBeforeCommit = "crash_before_commit", crashAtCommit = "crash_at_commit"
    case crashAfterCommit = "crash_after_commit", crashAtPublish = "crash_at_publish", crashAtJob = "crash_at_job"
    case overlap

    /// What it is that a fault strikes.
    public enum Target: Sendable {
        case device, output, everything
    }

    /// The faults of a world unless asked otherwise.
    public static let usual = allCases

    /// What it strikes.
    public var target: Target {
        switch self {
        case .cut, .flappingLink, .duplicate, .reorder, .twinID, .reboot, .rebootStorm, .brownOut, .deviceClockJump,
            .lostAnswers, .lateAnswers, .silentSensors:
            .device
        case .foreignRetained, .lyingAnswers, .stuckOn, .stuckOff: .output
        case .loseIngest, .loseControl, .brokerRestart, .brokerReset, .telemetryHeld, .diskFull, .commitFails,
            .commitSlow,
            .clockJump, .crash, .crashBeforeCommit, .crashAtCommit, .crashAfterCommit, .crashAtPublish, .crashAtJob,
            .overlap:
            .everything
        }
    }

    /// How often it is drawn, compared with the others.
    var weight: Int {
        switch self {
        case .cut, .crash: 3
        case .reboot, .loseControl, .loseIngest: 2
        default: 1
        }
    }

    /// What happens, for a person who chooses among them.
    public var summary: String {
        switch self {
        case .cut: "a device's connection breaks and comes back"
        case .flappingLink: "a device's connection breaks every few seconds"
        case .loseIngest: "the runtime's receiving connection breaks"
        case .loseControl: "the runtime's sending connection breaks"
        case .brokerRestart: "the broker restarts and has kept sessions and messages"
        case .brokerReset: "the broker restarts and has lost everything"
        case .foreignRetained: "somebody leaves an ON on a command topic"
        case .duplicate: "all messages of a device come twice, both ways"
        case .reorder: "a device's messages overtake each other"
        case .telemetryHeld: "readings are held at the broker and let in again"
        case .twinID: "a second device has the same id, and the broker drops the older"
        case .reboot: "a device loses power for a moment"
        case .rebootStorm: "a device reboots again and again"
        case .brownOut: "a device reboots when an output switches on"
        case .deviceClockJump: "a device's clock jumps by up to an hour"
        case .lostAnswers: "a device's answers are lost"
        case .lateAnswers: "a device answers many seconds late"
        case .lyingAnswers: "an output's commands are answered and not carried out"
        case .silentSensors: "a device's sensors cannot be read"
        case .stuckOn: "an output stays on whatever it is told"
        case .stuckOff: "an output stays off whatever it is told"
        case .diskFull: "no commit succeeds for a while"
        case .commitFails: "one commit fails"
        case .commitSlow: "commits take seconds"
        case .clockJump: "the server's wall clock jumps by up to an hour"
        case .crash: "the runtime is killed and started again"
        case .crashBeforeCommit: "killed when a commit is about to reach the disk"
        case .crashAtCommit: "killed when a commit has reached the disk and nobody was told"
        case .crashAfterCommit: "killed just after a commit was released"
        case .crashAtPublish: "killed in the middle of what leaves"
        case .crashAtJob: "killed between two jobs of the loop"
        case .overlap: "the old instance runs on for a while beside the new one"
        }
    }
}
