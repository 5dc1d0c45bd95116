import Fleet
import Logging
import TwinCore
import TwinRuntime

/// A hostile world around the real runtime: simulated devices, network, disk and clock, all from one seed.
///
/// The runtime and its actors are the ones that run in production; only what lies behind the ports is simulated.
/// Everything happens on the thread that calls ``run(_:options:)``, in an order that the schedule alone decides. Worlds
/// share nothing: several may live at once, each on a thread of its own.
public final class World: @unchecked Sendable {
    let time: VirtualTime
    let disk = SimulatedDisk()
    let oracle: Oracle
    let broker: SimulatedBroker
    let options: WorldOptions
    let schedule: Schedule
    /// What the runtime knows of kinds and of this world's devices.
    let catalogue: Catalogue
    var sessions: [DeviceSession] = []
    var outcome: WorldOutcome
    var isTroubled = true
    /// Whether the operator of outputs and stops is at work.
    var isOperated = true
    /// What undoes the faults that last, by a number that tells them apart.
    var healings: [Int: () -> Void] = [:]
    /// Crashes that wait for their occasion.
    var armed: [PlannedFault] = []
    /// Since when the disk takes what it is given in no time; `nil` while it does not.
    var diskWellSince: Int64? = 0

    /// What was asked for last, by output, as far as it was accepted.
    var lastCommands: [OutputAddress: CommandID] = [:]
    /// What one person asked for and a second one has to.
    var awaitsSecond: CommandRequest?
    /// Which command was answered for which key.
    var answers: [String: CommandID] = [:]
    /// The emergency stops that an operator was told of and has not cleared.
    var incidents: [Incident] = []
    /// Decides when those who were excluded are let in again.
    var readmission: Randomness

    /// The run of the runtime that is alive; `nil` between a crash and the restart.
    var run: RuntimeRun?
    /// An older run that does not know that it was replaced.
    var lingering: RuntimeRun?
    /// All runs that there have been, oldest first.
    private var runs: [RuntimeRun] = []

    /// Runs the world that a seed plans.
    ///
    /// - Parameters:
    ///   - seed: Decides everything.
    ///   - options: How long, and what is broken on purpose.
    /// - Returns: What came of it.
    public static func run(seed: UInt64, options: WorldOptions = WorldOptions()) -> WorldOutcome {
        run(Schedule(seed: seed, options: options), options: options)
    }

    /// Runs one world to its end.
    public static func run(_ schedule: Schedule, options: WorldOptions = WorldOptions()) -> WorldOutcome {
        World(schedule, options).live()
    }

    private init(_ schedule: Schedule, _ options: WorldOptions) {
        self.options = options
        self.schedule = schedule
        catalogue = WorldSite.catalogue(Self.deviceIDs(schedule))
        time = VirtualTime(startingAt: UnixTime(milliseconds: 1_777_600_000_000))
        oracle = Oracle(disk, options.rules)
        broker = SimulatedBroker(time, oracle)
        outcome = WorldOutcome(seed: schedule.seed)
        readmission = Randomness(seed: schedule.seed, part: "readmission")
    }

    private func live() -> WorldOutcome {
        broker.controlUpSince = { [unowned self] in run?.link.controlUpSince }
        oracle.undisturbedSince = { [unowned self] place in
            sessions.indices.contains(place) ? broker.undisturbedSince(sessions[place]) : nil
        }
        oracle.hearingSince = { [unowned self] in hearingSince }
        oracle.telemetry = { [unowned self] in (run?.link.heldSince, run?.link.letInSince ?? 0) }
        oracle.tell = options.tell
        disk.isForgetful = options.sabotage == .diskForgets
        if let record = options.record { disk.written = { record.batches.append($0) } }
        addDevices()
        startRuntime()
        for fault in schedule.faults { time.at(fault.atMilliseconds) { self.strike(fault) } }
        for action in schedule.actions { time.at(action.atMilliseconds) { self.act(action) } }
        lookEverySecond()
        readmitLater()
        pass(schedule.troubledSeconds * 1000)
        endTrouble()
        pass(schedule.quietSeconds * 1000)
        if schedule.profile == .full { awaitConvergence() }
        // What is still under way must arrive, and nothing new may set out.
        for session in sessions { session.fallSilent() }
        pass(Self.settlingMilliseconds)
        if oracle.violations.isEmpty { oracle.checkEverythingArrived(at: time.milliseconds) }
        compareWithReplay()
        return finished()
    }

    /// How long the last messages take at most to become durable.
    private static let settlingMilliseconds: Int64 = 10_000

    func pass(_ span: Int64) {
        let end = time.milliseconds + span
        while oracle.violations.isEmpty, time.step(until: end) {}
        if time.isStuck {
            oracle.violate(.progress, "the runtime turns for ever without time passing", at: time.milliseconds)
        }
    }

    private func finished() -> WorldOutcome {
        outcome.violations = oracle.violations
        outcome.trace = oracle.trace
        outcome.milliseconds = time.milliseconds
        outcome.decisions = time.decisions
        outcome.samples = disk.digests.count
        outcome.facts = disk.facts.count
        outcome.energisings = oracle.energisings
        run?.kill()
        for healing in healings.sorted(by: { $0.key < $1.key }) { healing.value() }
        // Whoever holds on to each other would stay for ever, and there are very many worlds.
        healings = [:]
        for run in runs { run.forget() }
        broker.forget()
        time.forget()
        return outcome
    }

    func startRuntime() {
        let run = RuntimeRun(self, number: runs.count)
        runs.append(run)
        self.run = run
        run.tellPoints { [unowned self, number = run.number] point in reached(point, by: number) }
        oracle.runBegunAt = time.milliseconds
        oracle.newestRun = run.number
        oracle.rebaseTags(wall: time.wall.milliseconds, at: time.milliseconds)
        run.start()
    }

    /// Since when the runtime hears what devices say; `nil` while it does not.
    private var hearingSince: Int64? {
        guard let ingest = run?.link.ingestUpSince, let disk = diskWellSince else { return nil }
        return max(ingest, disk)
    }

    private func lookEverySecond() {
        time.after(1_000) {
            for session in self.sessions { session.look() }
            self.oracle.judgeInterlocks(at: self.time.milliseconds)
            self.lookAtShownOutputs()
            self.writeDown()
            self.lookEverySecond()
        }
    }

    /// Nobody can promise what a stuck output does, but its twin must not call it off, nor any other that is shown on.
    private func lookAtShownOutputs() {
        guard let run else { return }
        let shown = oracle.devices.filter { $0.outputs.contains(where: oracle.isShownOn) }
        guard !shown.isEmpty else { return }
        let snapshots = run.runtime.assumeIsolated { $0.snapshots() }
        for snapshot in snapshots where shown.contains(where: { $0.id == snapshot.device.id }) {
            for actuator in snapshot.actuators where snapshot.device.status == .online {
                oracle.judgeHonesty(
                    snapshot.device.id, actuator.gpio, calledOff: actuator.confirmed?.isOn == false,
                    at: time.milliseconds)
            }
        }
    }

    /// Writes down what somebody who looks now sees; only when nothing of it can still be lost.
    private func writeDown() {
        guard let record = options.record, let run, let twins = run.quietSnapshots() else { return }
        record.looks.append(.init(moment: run.loop.moment, lastSequence: disk.lastSequence, twins: twins))
    }

    /// The parts in which two twins differ.
    private static func difference(_ live: DeviceSnapshot, _ replayed: DeviceSnapshot) -> String {
        let pairs = zip("\(live)".split(separator: ", "), "\(replayed)".split(separator: ", "))
        let parts = pairs.filter { $0 != $1 }.prefix(6).map { "live \($0), replayed \($1)" }
        return "\(live.device.id): " + parts.joined(separator: "; ")
    }

    /// Compares the live twins with what a replay of the journal gives; only when nothing is under way.
    func compareWithReplay() {
        guard oracle.violations.isEmpty, let run, let live = run.quietSnapshots() else { return }
        outcome.replays += 1
        for usesSnapshots in [true, false] {
            let replayed = RuntimeRun.replay(disk, catalogue, usesSnapshots: usesSnapshots)
            guard replayed != live else { continue }
            let different = zip(live, replayed).first { $0 != $1 }
            oracle.violate(
                .replay,
                "a replay \(usesSnapshots ? "from snapshots" : "of all facts") differs from the live twins: "
                    + (different.map { Self.difference($0.0, $0.1) } ?? "\(live.count) and \(replayed.count) twins"),
                at: time.milliseconds)
        }
    }
}
