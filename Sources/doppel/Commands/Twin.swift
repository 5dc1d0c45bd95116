import ArgumentParser

/// `doppel twin`: looks at twins, configures devices and commands actuators, through a running Doppel.
struct Twin: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look at the twins of a running Doppel, configure their devices and command their actuators.",
        discussion: ClientExit.explanation,
        subcommands: [
            TwinList.self, TwinShow.self, TwinWatch.self, TwinCommand.self, TwinApprove.self, TwinReject.self,
            TwinDelete.self, TwinSet.self, TwinMeasure.self, TwinOperate.self, TwinCalibrate.self,
            TwinLockout.self, TwinUnlock.self, TwinRelease.self,
        ])
}
