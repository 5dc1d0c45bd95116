import ArgumentParser
import Dispatch
import Foundation
import Synchronization
import World

/// `doppel simulate world`: the real runtime in a hostile world, from seeds.
struct SimulateWorld: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "world",
        abstract: "Put the real runtime into hostile simulated worlds and judge whether it keeps its promises.",
        discussion: """
            Connections break, devices reboot and lie, outputs stick, brokers and disks fail, clocks jump, the runtime \
            is killed at every step and restarted, all planned from a seed. An oracle that shares no code with the gate \
            judges what left the runtime, what the broker saw, the disk, and what the outputs really do: nothing is \
            energised past its lease or while stopped, no acknowledged sample is lost, nothing energises before its \
            cause is durable, a replay of the journal gives the live twins.

            The same seed gives the same world, on any machine and with any number of jobs. A seed that fails is shrunk \
            to the shortest schedule of faults and orders that breaks the same promise.

              doppel simulate world --seeds 1000 --profile safety     a thousand short worlds
              doppel simulate world --hours 100 --profile safety      until 100 simulated hours have passed
              doppel simulate world --seed 7 --trace                  one world, told line by line
              doppel simulate world --faults help                     what can go wrong
              doppel simulate world --schedule failure.json           once more what was shrunk

            Exit status: 0 PASS; 1 FAIL (the failing seeds are printed); 64 wrong usage; \
            130 ended early by Ctrl-C, with what was seen so far.
            """)

    @Option(help: "Run this seed alone.")
    var seed: UInt64?

    @Option(help: "Run so many seeds, from --first on.")
    var seeds: UInt64?

    @Option(help: "The first of many seeds.")
    var first: UInt64 = 1

    @Option(help: "Run seeds until so many hours of the worlds' time have passed.")
    var hours: Double?

    @Option(help: "safety: short worlds, for very many seeds; full: long ones, in which every wish must come true.")
    var profile = ProfileWord(.full)

    @Option(help: "What may go wrong: names separated by commas, or `help` for the list.")
    var faults: String?

    @Option(help: "How many worlds run at once (default: one for each core).")
    var jobs = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "How long faults happen, in seconds of virtual time (default: as the profile says).")
    var troubledSeconds: Int64?

    @Option(help: "Run the schedule in this JSON file instead of planning one.")
    var schedule: String?

    @Option(
        help: """
            Break something on purpose, to see that the oracle notices: \
            \(WorldOptions.Sabotage.allCases.map(\.rawValue).joined(separator: ", ")).
            """)
    var sabotage = SabotageWord(.none)

    @Flag(inversion: .prefixedNo, help: "Shrink the first failure to the shortest schedule that fails.")
    var shrink = true

    @Flag(help: "Print what happens, line by line (with --seed or --schedule).")
    var trace = false

    @Flag(help: "Name the pairs of fault and output state that were never met.")
    var verbose = false

    @Flag(help: "Print progress once a second and the outcome as JSON, one object a line.")
    var json = false

    func validate() throws {
        let ways = [seed != nil, seeds != nil, hours != nil, schedule != nil].count { $0 }
        guard ways <= 1 else {
            throw ValidationError("--seed, --seeds, --hours and --schedule exclude each other")
        }
        guard troubledSeconds ?? 1 > 0 else { throw ValidationError("--troubled-seconds is at least 1") }
        guard hours ?? 1 > 0 else { throw ValidationError("--hours is more than 0") }
        guard seeds ?? 1 > 0 else { throw ValidationError("--seeds is at least 1") }
        guard jobs > 0 else { throw ValidationError("--jobs is at least 1") }
        if faults != "help" { _ = try chosenFaults() }
    }

    func run() async throws {
        guard faults != "help" else { return showFaults() }
        var options = WorldOptions(
            profile: profile.word, troubledSeconds: troubledSeconds, faults: try chosenFaults(),
            sabotage: sabotage.word)
        if trace { options.tell = { Console.standard.tell($0) } }
        if let schedule { return try replay(try ScheduleFile.read(schedule), options) }
        let progress = WorldProgress(options, isJSON: json, hours: hours)
        let interruption = DispatchSource.makeSignalSource(signal: SIGINT)
        signal(SIGINT, SIG_IGN)
        interruption.setEventHandler { progress.interrupt() }
        interruption.activate()
        await Proof.run(range, options: options, jobs: jobs) { progress.add($0) }
        interruption.cancel()
        signal(SIGINT, SIG_DFL)
        let totals = progress.finish(isVerbose: verbose)
        // The shell's code for a program that Ctrl-C ended: a part is no proof.
        guard !progress.isInterrupted else { throw ExitCode(130) }
        guard !totals.isPassed else { return }
        if shrink, let failed = totals.failedSeeds.first {
            Console.standard.tell("Shrinking seed \(failed) ...")
            show(Shrinker.shrink(Schedule(seed: failed, options: options), options: options))
        }
        throw ExitCode(1)
    }

    private var range: ClosedRange<UInt64> {
        if let seed { return seed...seed }
        if hours != nil { return first...UInt64.max }
        return first...(first + (seeds ?? 1) - 1)
    }

    private func chosenFaults() throws -> [Fault] {
        guard let faults else { return Fault.usual }
        return try faults.split(separator: ",").map { word in
            guard let fault = Fault(rawValue: String(word)) else {
                throw ValidationError("there is no fault \(word); `--faults help` lists them")
            }
            return fault
        }
    }

    private func showFaults() {
        for fault in Fault.allCases {
            Console.standard.show(fault.rawValue.padding(toLength: 22, withPad: " ", startingAt: 0) + fault.summary)
        }
    }

    private func replay(_ schedule: Schedule, _ options: WorldOptions) throws {
        let outcome = World.run(schedule, options: options)
        for violation in outcome.violations { Console.standard.tell("\(violation.promise.rawValue): \(violation)") }
        Console.standard.show(outcome.isPassed ? "PASS: every promise was kept" : "FAIL")
        if !outcome.isPassed { throw ExitCode(1) }
    }

    private func show(_ finding: Shrinker.Finding?) {
        guard let finding else { return }
        let again = sabotage.word == .none ? "" : " --sabotage \(sabotage.word.rawValue)"
        Console.standard.tell("The shortest schedule that fails, after \(finding.runs) runs: \(finding.schedule)")
        for violation in finding.outcome.violations {
            Console.standard.tell("  breaks \(violation.promise.rawValue): \(violation)")
        }
        guard let text = try? ScheduleFile.text(of: finding.schedule) else { return }
        Console.standard.tell(
            "Again, with the line below in FILE: doppel simulate world --schedule FILE\(again) --trace")
        Console.standard.tell(text)
    }
}

/// A sabotage as it stands on the command line.
struct SabotageWord: ExpressibleByArgument {
    let word: WorldOptions.Sabotage

    init(_ word: WorldOptions.Sabotage) { self.word = word }

    init?(argument: String) {
        guard let word = WorldOptions.Sabotage(rawValue: argument) else { return nil }
        self.word = word
    }

    var defaultValueDescription: String { word.rawValue }
    static var allValueStrings: [String] { WorldOptions.Sabotage.allCases.map(\.rawValue) }
}

/// A profile as it stands on the command line.
struct ProfileWord: ExpressibleByArgument {
    let word: WorldProfile

    init(_ word: WorldProfile) { self.word = word }

    init?(argument: String) {
        guard let word = WorldProfile(rawValue: argument) else { return nil }
        self.word = word
    }

    var defaultValueDescription: String { word.rawValue }
    static var allValueStrings: [String] { WorldProfile.allCases.map(\.rawValue) }
}
