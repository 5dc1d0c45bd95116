import ArgumentParser

/// `doppel stop`: the emergency stop of a running Doppel.
struct Stop: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Emergency stop: switch outputs off and keep them off.",
        usage: """
            doppel stop --all [--reason <reason>] [--drill]
            doppel stop --zone <zone>
            doppel stop --subzone <subzone> [--zone <zone>]
            doppel stop --device <device> [--gpio <gpio>]
            doppel stop --kind <kind> [--zone <zone>] [--device <device>]
            doppel stop --kaiser <kaiser>
            doppel stop status [--follow]
            doppel stop clear [<incident>]
            """,
        discussion: """
            A stop holds, through restarts of Doppel and of devices, until `doppel stop clear`. Clearing switches \
            nothing on again. This is operational protection, not a certified safety function (ISO 13850, \
            IEC 60204-1). \(ClientExit.explanation)
            """,
        subcommands: [StopNow.self, StopStatus.self, StopClear.self], defaultSubcommand: StopNow.self)
}
