import DequeModule
import KaiserProtocol
public import Logging
import OrderedCollections
public import TwinCore

/// The one-way street: what the broker brings in goes through the twins, becomes durable, and only then leaves.
///
/// Everything happens on the loop and in turns. A turn runs synchronously; its facts and requests wait in one batch
/// for one commit. What de-energises does not wait.
public actor Runtime: BrokerEvents {
    /// How far the runtime is.
    enum Phase: Sendable, Equatable {
        /// Next: running.
        case starting
        /// Next: draining.
        case running
        /// Outputs are driven off; commands are refused. Next: ended.
        case draining
        case ended
    }

    let loop: any Loop
    let broker: any Broker
    let journal: any Journal
    let options: RuntimeOptions
    let logger: Logger
    nonisolated let hub = EventHub()
    var random: any RandomNumberGenerator & Sendable

    let directory: TwinDirectory
    var catalogue: Catalogue
    var latch = Latch()
    var site = SiteState()
    /// Whether this runtime commands the site.
    var claim = SiteClaimState()
    /// When the loop last looked after the runtime, to notice that the process stood still.
    var lastAwake: Uptime
    var timings = StopTimings()
    /// What others stopped of late, and when it was heard; at most so many as can hold at once.
    var stopsHeard: [(stop: StopHeardBefore, at: Uptime)] = []
    /// Who released the emergency stop whose devices clear in stages.
    var resetBy = "doppel:reset"
    /// Whether a stage of them is under way.
    var isResetting = false
    /// What each relay last said in this run, and when.
    var relaysHeard: [KaiserID: (heartbeat: RelayHeartbeat, at: UnixTime)] = [:]
    /// When a relay's word last became a fact in this run.
    var relaysNoted: [KaiserID: Uptime] = [:]
    /// Below which relays' names the server was announced on the present connection.
    var kaisersTold: Set<KaiserID> = []
    var admissionLimit = AdmissionLimit()
    var modelProblems: [String] = []
    var modelsSince: UnixTime
    var phase = Phase.starting
    var filter = DuplicateFilter(limit: Recovery.recentDigestLimit)
    var counters = Counters()

    var open: OpenTurn
    var closing: OpenTurn?
    var standing = JournalStanding.idle
    var unsaved: Deque<DeviceTwin> = []
    var unsavedIDs: Set<DeviceID> = []
    /// Twins of which the next commit holds a snapshot, whether due or not.
    var snapshotsAsked: [DeviceTwin] = []
    /// Whether stored values are being processed again; one sensor at a time.
    var isReprocessing = false
    var wheel = Wheel()
    var wheelTimer: (deadline: Uptime, timer: any LoopTimer)?

    var connections: [BrokerConnection: BrokerConnectionState] = [:]
    /// Why telemetry stays at the broker, and what to do; `nil` while it is let in.
    var telemetryHold: String?
    var nextToken: UInt64 = 1
    /// Topics of wills that were erased and whose erasure was not heard again yet; at most one for each device.
    var erasures: Set<String> = []
    var commandsInFlight: OrderedDictionary<UInt64, CommandInFlight> = [:]
    var recentCommands: OrderedDictionary<CommandID, CommandRecord> = [:]
    var finishWaiters: [CommandID: [UInt64: @Sendable (CommandRecord) -> Void]] = [:]
    var operationWaiters: [OperationKey: [UInt64: @Sendable (OperationRecord) -> Void]] = [:]

    /// A command that was handed to the broker and not yet confirmed by it.
    struct CommandInFlight: Sendable {
        let device: DeviceID
        let gpio: GPIO
        let id: CommandID
    }

    /// An operation of one device; what the runtime asks for by itself has ids that are unique for its device alone.
    struct OperationKey: Hashable {
        let device: DeviceID
        let id: CommandID
    }

    /// How many command records are kept for quick answers; the journal has them all.
    static let recentCommandLimit = 1024
    /// How many commands may wait for the broker's confirmation.
    static let inFlightLimit = 4096

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// Puts the street together; nothing moves before ``start()``.
    ///
    /// - Parameters:
    ///   - random: Where ids come from; seeded in the simulated world.
    public init(
        loop: any Loop, broker: any Broker, journal: any Journal, catalogue: Catalogue, options: RuntimeOptions,
        random: any RandomNumberGenerator & Sendable, logger: Logger
    ) {
        self.loop = loop
        self.broker = broker
        self.journal = journal
        self.catalogue = catalogue
        self.options = options
        self.random = random
        self.logger = logger
        modelsSince = loop.moment.time
        lastAwake = loop.moment.uptime
        directory = TwinDirectory(on: loop)
        open = OpenTurn(after: 0)
    }

    /// What every twin is told about its surroundings.
    var surroundings: Surroundings {
        Surroundings(
            catalogue: catalogue, isJournalTakingFacts: standing.takesFacts, isBrokerConnected: isControlConnected,
            fencedBy: claim.fencedBy, directory: directory, latch: latch, broadcastToken: site.broadcastToken,
            silenceMilliseconds: options.silenceMilliseconds,
            tellsProcessed: options.tellsProcessed)
    }

    var isControlConnected: Bool {
        if case .connected = connections[.control] { true } else { false }
    }

    /// Takes a batch that the ingest connection read, on the loop.
    public nonisolated func received(_ batch: InboundBatch) {
        assumeIsolated { $0.receive(batch) }
    }

    /// The broker confirmed a publication; told on the loop.
    public nonisolated func publicationAcknowledged(_ token: UInt64) {
        assumeIsolated { $0.acknowledged(token) }
    }

    /// A connection came up or went down; told on the loop.
    public nonisolated func connection(_ connection: BrokerConnection, changedTo state: BrokerConnectionState) {
        assumeIsolated { $0.note(connection, state) }
    }

    /// Takes what came of something into the open turn; what de-energises leaves now.
    func take(_ decision: Decision, from twin: DeviceTwin?) {
        noteSafety(decision)
        open.batch.facts.append(contentsOf: decision.facts)
        open.batch.commands.append(contentsOf: decision.commands)
        for request in decision.requests {
            if request.leavesAtOnce { send(request) } else { open.requests.append(request) }
        }
        if let twin, !decision.facts.isEmpty {
            noteUnsaved(twin)
            judgeDependents(of: twin, after: decision)
        }
        for closing in decision.closes { close(closing) }
        if let twin, let failure = decision.failure { note(failure, of: twin) }
    }

    /// Has a twin woken when time alone brings something for it.
    func arm(_ twin: DeviceTwin) {
        let (surroundings, pause) = (surroundings, Self.failurePauseMilliseconds)
        let deadline = twin.assumeIsolated { twin -> Uptime? in
            guard var deadline = twin.nextDeadline(surroundings) else { return nil }
            if let failed = twin.failures.last { deadline = max(deadline, failed.advanced(byMilliseconds: pause)) }
            if let scheduled = twin.scheduledFor, scheduled <= deadline { return nil }
            twin.scheduledFor = deadline
            return deadline
        }
        guard let deadline else { return }
        wheel.insert(twin, at: deadline)
        armTimer()
    }

    /// Sees to it that a twin becomes a snapshot.
    func noteUnsaved(_ twin: DeviceTwin) {
        guard unsavedIDs.insert(twin.id).inserted else { return }
        unsaved.append(twin)
    }
}
