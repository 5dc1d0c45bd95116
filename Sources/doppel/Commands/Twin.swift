import ArgumentParser

/// `doppel twin`: looks at twins and commands their actuators, through a running Doppel.
struct Twin: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the twins of a running Doppel and command their actuators.",
        discussion: ClientExit.explanation,
        subcommands: [
            TwinList.self, TwinShow.self, TwinWatch.self, TwinCommand.self, TwinApprove.self, TwinReject.self,
        ])
}
