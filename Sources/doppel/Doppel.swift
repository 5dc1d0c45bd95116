import ArgumentParser

/// The program.
@main
struct Doppel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doppel",
        abstract: "Live digital twins of ESP32 devices, over MQTT.",
        discussion: "Operational protection, not a certified safety function (ISO 13850, IEC 60204-1).",
        version: Version.current,
        subcommands: [
            Serve.self, Simulate.self, Bench.self, Twin.self, History.self, Stop.self, Supervision.self, Models.self,
            Check.self, Admin.self, JournalCommand.self,
        ])
}

/// Which Doppel this is.
enum Version {
    /// The version, as SemVer.
    static let current = "0.1.0"
}
