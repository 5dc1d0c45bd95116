import Logging
import TwinCore
import TwinRuntime

/// One run of the runtime, from its start to its end or its death.
final class RuntimeRun: @unchecked Sendable {
    let loop: SimulatedLoop
    let link: RuntimeLink
    let runtime: Runtime
    private let journal: SimulatedJournal
    /// Which run of the world it is, counted from 0.
    let number: Int
    /// Whether it has not been killed.
    private(set) var isAlive = true

    init(_ world: World, number: Int) {
        let seed = world.schedule.seed
        self.number = number
        loop = SimulatedLoop(world.time)
        link = RuntimeLink(
            world.broker, world.oracle, Randomness(seed: seed, part: "link", number: number), run: number,
            sabotage: world.options.sabotage)
        journal = SimulatedJournal(
            world.disk, world.time, Randomness(seed: seed, part: "journal", number: number),
            isLying: world.options.sabotage == .journalLies)
        runtime = Runtime(
            loop: loop, broker: link, journal: journal, catalogue: world.catalogue,
            options: RuntimeOptions(approval: .automatic, checkpointMilliseconds: 5_000, provesClaim: true),
            random: Randomness(seed: seed, part: "runtime", number: number), logger: Self.silentLogger)
    }

    func start() {
        do {
            try runtime.assumeIsolated { runtime in
                try runtime.recover()
                runtime.start()
            }
        } catch {
            preconditionFailure("a simulated disk can always be read, but: \(error)")
        }
    }

    /// Ends everything at once, as `SIGKILL` would.
    func kill() {
        isAlive = false
        loop.kill()
        journal.kill()
        link.kill()
    }

    /// Drops everybody who waits for it, once nothing of it is under way any more.
    func forget() { runtime.assumeIsolated { $0.abandon() } }

    /// Tells each point at which the process may die.
    ///
    /// - Parameter die: Is told which point was reached, and says whether the process died there.
    func tellPoints(to die: @escaping (Fault) -> Bool) {
        journal.reached = die
        link.reached = die
        loop.finishedJob = { _ = die(.crashAtJob) }
    }

    /// Goes on beside a newer instance, on a disk of its own as of now.
    func linger(on disk: SimulatedDisk) { journal.move(to: disk) }

    /// All twins, if nothing is under way that the journal does not hold yet; else `nil`.
    func quietSnapshots() -> [DeviceSnapshot]? {
        runtime.assumeIsolated { $0.isQuiet ? $0.snapshots() : nil }
    }

    /// What a start from this disk would rebuild.
    static func replay(_ disk: SimulatedDisk, _ catalogue: Catalogue, usesSnapshots: Bool) -> [DeviceSnapshot] {
        let time = VirtualTime(startingAt: UnixTime(milliseconds: 0))
        defer { time.forget() }
        let loop = SimulatedLoop(time)
        let journal = SimulatedJournal(disk, time, Randomness(seed: 0), usesSnapshots: usesSnapshots)
        let runtime = Runtime(
            loop: loop, broker: NoBroker(), journal: journal, catalogue: catalogue, options: RuntimeOptions(),
            random: Randomness(seed: 0), logger: silentLogger)
        do {
            return try runtime.assumeIsolated { runtime in
                try runtime.recover()
                return runtime.snapshots()
            }
        } catch {
            preconditionFailure("a simulated disk can always be read, but: \(error)")
        }
    }

    static let silentLogger = Logger(label: "world") { _ in SwiftLogNoOpLogHandler() }
}

/// A broker for a runtime that only replays.
private final class NoBroker: Broker {
    func start(_ events: any BrokerEvents) {}
    func acknowledge() {}
    func holdTelemetry(_ isHeld: Bool) {}
    func publish(_ publication: Publication) -> Bool { false }
    func stop(_ completion: @escaping @Sendable () -> Void) { completion() }
}
