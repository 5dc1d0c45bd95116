import ArgumentParser

/// `doppel stop`: the emergency stop of a running Doppel.
struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Emergency stop: switch outputs off and keep them off.",
        usage: """
            doppel stop --all [--reason <reason>]
            doppel stop --device <device> [--reason <reason>]
            doppel stop status
            doppel stop clear
            """,
        discussion: """
            A stop holds, through restarts of Doppel and of devices, until `doppel stop clear`. Clearing switches \
            nothing on again. This is operational protection, not a certified safety function (ISO 13850, \
            IEC 60204-1). \(ClientExit.explanation)
            """,
        subcommands: [StopNow.self, StopStatus.self, StopClear.self], defaultSubcommand: StopNow.self)
}
