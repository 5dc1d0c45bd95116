import ArgumentParser

/// `doppel simulate`: fleets against a real broker, and worlds around the real runtime.
struct Simulate: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Simulate devices, or a whole hostile world.",
        subcommands: [SimulateFleet.self, SimulateWorld.self])
}
