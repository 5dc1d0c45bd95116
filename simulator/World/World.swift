import Fleet
import Logging
import TwinCore
import TwinRuntime

/// A hostile world around the real runtime: simulated devices, network, disk and clock, all from one seed.
///
/// The runtime and its actors are the ones that run in production; only what lies behind the ports is simulated.
/// Everything happens on the thread that calls ``run(seed:options:)``, in an order that the seed alone decides.
public final class World: @unchecked Sendable {
    let time: VirtualTime
    let disk = SimulatedDisk()
    let checker: Checker
    let broker: SimulatedBroker
    let options: WorldOptions
    var randomness: Randomness
    var sessions: [DeviceSession] = []
    var outcome: WorldOutcome
    var isTroubled = true
    /// Whether the operator of outputs and stops is at work.
    var isOperated = true

    /// The run of the runtime that is alive; `nil` between a crash and the restart.
    var run: RuntimeRun?

    /// Runs one world to its end.
    ///
    /// - Parameters:
    ///   - seed: Decides everything.
    ///   - options: How long, and what is broken on purpose.
    /// - Returns: What came of it.
    public static func run(seed: UInt64, options: WorldOptions = WorldOptions()) -> WorldOutcome {
        World(seed: seed, options: options).live()
    }

    private init(seed: UInt64, options: WorldOptions) {
        self.options = options
        var randomness = Randomness(seed: seed)
        time = VirtualTime(startingAt: UnixTime(milliseconds: 1_777_600_000_000))
        checker = Checker(disk)
        broker = SimulatedBroker(time, randomness.split(), checker)
        self.randomness = randomness
        outcome = WorldOutcome(
            seed: seed, violations: [], trace: 0, samples: 0, facts: 0, commands: 0, energisings: 0, stops: 0,
            wishes: 0, crashes: 0, faults: 0, replays: 0)
    }

    private func live() -> WorldOutcome {
        checker.undisturbedSince = { [unowned self] device in undisturbedSince(device) }
        checker.tell = options.tell
        disk.isForgetful = options.sabotage == .diskForgets
        addDevices()
        startRuntime()
        for session in sessions { time.after(randomness.number(0...5_000)) { session.connect() } }
        lookEverySecond()
        operateLater()
        readmitLater()
        configureLater()
        troubleLater()
        pass(options.troubledSeconds * 1000)
        isTroubled = false
        disk.isFull = false
        pass(options.quietSeconds * 1000)
        awaitConvergence()
        // What is still under way must arrive, and nothing new may set out.
        for session in sessions { session.fallSilent() }
        pass(Self.settlingMilliseconds)
        checker.checkEverythingArrived(at: time.milliseconds)
        compareWithReplay()
        return finished()
    }

    /// How long the last messages take at most to become durable.
    private static let settlingMilliseconds: Int64 = 10_000

    func pass(_ span: Int64) {
        let end = time.milliseconds + span
        while checker.violations.isEmpty, time.step(until: end) {}
        if time.isStuck { checker.violate("the runtime turns for ever without time passing", at: time.milliseconds) }
    }

    private func finished() -> WorldOutcome {
        outcome.violations = checker.violations
        outcome.trace = checker.trace
        outcome.samples = disk.digests.count
        outcome.facts = disk.facts.count
        outcome.energisings = checker.energisings
        run?.kill()
        return outcome
    }

    func startRuntime() {
        let run = RuntimeRun(self, number: outcome.crashes)
        self.run = run
        checker.runBegunAt = time.milliseconds
        run.start()
    }

    private func lookEverySecond() {
        time.after(1_000) {
            for session in self.sessions { self.checker.look(at: session.device, at: self.time.milliseconds) }
            self.lookEverySecond()
        }
    }

    /// Since when nothing has come between the runtime and a device.
    private func undisturbedSince(_ device: DeviceID) -> Int64? {
        guard let run, let control = run.link.controlUpSince,
            let session = sessions.first(where: { $0.device.specification.id == device }),
            let own = session.registeredSince
        else { return nil }
        return max(control, own)
    }

    /// The parts in which two twins differ.
    private static func difference(_ live: DeviceSnapshot, _ replayed: DeviceSnapshot) -> String {
        let pairs = zip("\(live)".split(separator: ", "), "\(replayed)".split(separator: ", "))
        let parts = pairs.filter { $0 != $1 }.prefix(6).map { "live \($0), replayed \($1)" }
        return "\(live.device.id): " + parts.joined(separator: "; ")
    }

    /// Compares the live twins with what a replay of the journal gives; only when nothing is under way.
    func compareWithReplay() {
        guard checker.violations.isEmpty, let run, let live = run.quietSnapshots() else { return }
        outcome.replays += 1
        for usesSnapshots in [true, false] {
            let replayed = RuntimeRun.replay(disk, usesSnapshots: usesSnapshots)
            guard replayed != live else { continue }
            let different = zip(live, replayed).first { $0 != $1 }
            checker.violate(
                "a replay \(usesSnapshots ? "from snapshots" : "of all facts") differs from the live twins: "
                    + (different.map { Self.difference($0.0, $0.1) } ?? "\(live.count) and \(replayed.count) twins"),
                at: time.milliseconds)
        }
    }
}
