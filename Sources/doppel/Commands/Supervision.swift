import ArgumentParser

/// `doppel supervision`: the parts of a running Doppel.
struct Supervision: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show the parts of a running Doppel, and restart one.",
        usage: """
            doppel supervision
            doppel supervision restart <node>
            """,
        discussion: ClientExit.explanation, subcommands: [SupervisionShow.self, SupervisionRestart.self],
        defaultSubcommand: SupervisionShow.self)
}
