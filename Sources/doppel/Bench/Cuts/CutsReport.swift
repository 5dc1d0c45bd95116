/// What `doppel bench cuts` prints.
struct CutsReport: Codable, Sendable {
    var cuts: Int
    /// How many of each kind.
    var cutsByKind: [String: Int]
    /// Those at whose begin at least half of the devices had shown their pump on.
    var cutsWithPumpsRunning: Int
    var devices: Int
    var seed: UInt64
    /// `namespace` or `proxy`.
    var network: String
    var seconds: Double
    var verdict: OnTimeJudge.Verdict

    /// Whether nothing was on longer than it may, and something was on at all.
    var isClean: Bool { verdict.violations == 0 && verdict.onTimes > 0 }
}

/// What is cut, and mended after a while.
enum Cut: String, Sendable, CaseIterable {
    /// SIGKILL, and another start.
    case killServer = "kill_server"
    case killBroker = "kill_broker"
    /// The way to the broker passes nothing on.
    case linkOfServer = "link_of_server"
    case linkOfDevices = "link_of_devices"
    /// SIGSTOP and SIGCONT.
    case pauseServer = "pause_server"
    case pauseBroker = "pause_broker"
}
