import ArgumentParser
import Foundation
import World

/// `doppel simulate world`: the real runtime in a hostile world, from seeds.
struct SimulateWorld: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "world",
        abstract: "Put the real runtime into a hostile simulated world and check what it promises.",
        discussion: """
            Connections break, devices reboot, the disk fills, the clock jumps, the runtime is killed and restarted, all \
            from a seed. Checked: no output is energised past its lease or while stopped, no acknowledged sample is \
            lost, nothing energises before its cause is durable, a replay of the journal gives the live twins.

            Exit status: 0 PASS; 1 FAIL (the failing seeds are printed); 64 wrong usage.
            """)

    @Option(help: "Run this seed.")
    var seed: UInt64?

    @Option(help: "Run so many seeds, from --first on.")
    var seeds: UInt64?

    @Option(help: "The first of many seeds.")
    var first: UInt64 = 1

    @Option(help: "How long faults happen, in seconds of virtual time.")
    var troubledSeconds: Int64 = 240

    @Option(
        help: """
            Break something on purpose, to see that the checker notices: \
            \(WorldOptions.Sabotage.allCases.map(\.rawValue).joined(separator: ", ")).
            """)
    var sabotage = Fault(.none)

    @Flag(help: "Print what happens, line by line (with --seed).")
    var trace = false

    @Flag(help: "Print the outcomes as JSON, one a line.")
    var json = false

    func validate() throws {
        guard seed == nil || seeds == nil else { throw ValidationError("--seed and --seeds exclude each other") }
        guard troubledSeconds > 0 else { throw ValidationError("--troubled-seconds is at least 1") }
    }

    func run() throws {
        var options = WorldOptions(troubledSeconds: troubledSeconds, sabotage: sabotage.word)
        if trace { options.tell = { Console.standard.tell($0) } }
        let range = seed.map { $0...$0 } ?? first...(first + (seeds ?? 1) - 1)
        var totals = Totals()
        for seed in range {
            let outcome = World.run(seed: seed, options: options)
            totals.add(outcome)
            if json { try Console.standard.show(line(outcome)) }
            guard !outcome.isPassed else { continue }
            for violation in outcome.violations { Console.standard.tell("seed \(seed): \(violation)") }
            let again = sabotage.word == .none ? "" : " --sabotage \(sabotage.word.rawValue)"
            Console.standard.tell("again: doppel simulate world --seed \(seed)\(again) --trace")
        }
        if !json { Console.standard.show(totals.summary) }
        if !totals.failed.isEmpty { throw ExitCode(1) }
    }

    private func line(_ outcome: WorldOutcome) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return String(decoding: try encoder.encode(outcome), as: UTF8.self)
    }

    /// A sabotage as it stands on the command line.
    struct Fault: ExpressibleByArgument {
        let word: WorldOptions.Sabotage

        init(_ word: WorldOptions.Sabotage) { self.word = word }

        init?(argument: String) {
            guard let word = WorldOptions.Sabotage(rawValue: argument) else { return nil }
            self.word = word
        }

        var defaultValueDescription: String { word.rawValue }
        static var allValueStrings: [String] { WorldOptions.Sabotage.allCases.map(\.rawValue) }
    }

    private struct Totals {
        var failed: [UInt64] = []
        var seeds = 0
        var samples = 0
        var energisings = 0
        var crashes = 0
        var faults = 0
        var stops = 0
        var wishes = 0
        var replays = 0

        mutating func add(_ outcome: WorldOutcome) {
            if !outcome.isPassed { failed.append(outcome.seed) }
            seeds += 1
            samples += outcome.samples
            energisings += outcome.energisings
            crashes += outcome.crashes
            faults += outcome.faults
            stops += outcome.stops
            wishes += outcome.wishes
            replays += outcome.replays
        }

        var summary: String {
            """
            \(failed.isEmpty ? "PASS" : "FAIL"): \(seeds - failed.count) of \(seeds) seeds kept every promise
            samples \(samples), energising commands \(energisings), emergency stops \(stops), wishes \(wishes), crashes \(crashes), \
            faults \(faults), replays compared \(replays)
            """
        }
    }
}
