import ArgumentParser

/// `doppel bench`: how fast it is here, beside a baseline of the same run.
struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measure Doppel beside a baseline, in one run on this machine.",
        discussion: """
            Works with the models in ./twins, or where there are none with those that this program came with; \
            DOPPEL_TWINS_DIRECTORY names others.
            """,
        subcommands: [
            BenchIngest.self, BenchProcessing.self, BenchPublisher.self, BenchSubscriber.self, BenchRequester.self,
            BenchEcho.self, BenchStop.self, BenchCuts.self, BenchDevicesProcess.self, BenchCaller.self, BenchStore.self,
            BenchSoak.self,
        ])
}
