import EventLoop
import Fleet
import Gateway
import Glibc
import KaiserProtocol
import Logging
import MQTTBroker
import PostgresHistory
import SQLiteJournal
import Synchronization
import TwinCore
import TwinRuntime

/// All parts of a running Doppel, put together: the one place where every name is known.
final class Assembly: Sendable {
    /// What ended a run.
    enum End: Sendable, Equatable {
        /// A signal asked for it.
        case asked
        /// A part could not be kept running.
        case gaveUp(String)
    }

    private let loop: EventLoop
    private let supervisor: Supervisor
    private let runtime: Runtime
    private let logger: Logger
    private let signalStop: SignalStop
    private let reporter: ServiceReporter
    private let outcome = Mutex<(@Sendable (End) -> Void)?>(nil)

    /// Puts the parts together; nothing runs before ``run()``.
    ///
    /// - Parameters:
    ///   - fleet: Simulated devices to run beside the runtime; empty for none.
    ///   - onListening: Told the gateway's port.
    /// - Throws: What cannot be opened, in words for an operator.
    init(
        _ configuration: Configuration, settings: EmbeddedBrokerSettings, environment: [String: String],
        catalogue: Catalogue, fleet: [SimulatedDevice], onListening: @escaping @Sendable (Int) -> Void
    ) throws {
        let logger = Logger(label: "doppel")
        let loop = try EventLoop()
        var journalOptions = JournalOptions()
        journalOptions.calendar = SiteTimeZone(configuration.historyTimeZone)?.calendar ?? .utc
        journalOptions.isFed = configuration.feedsHistory
        let journal = try SQLiteJournal(directory: configuration.dataDirectory, loop: loop, options: journalOptions)
        let broker = MosquittoBroker(loop: loop, options: Self.brokerOptions(configuration), status: Self.serverStatus)
        let runtime = Runtime(
            loop: loop, broker: broker, journal: journal, catalogue: catalogue,
            options: RuntimeOptions(
                approval: configuration.approval == .automatic ? .automatic : .manual,
                silenceMilliseconds: Int64(configuration.heartbeatTimeoutSeconds) * 1000,
                tellsProcessed: configuration.publishesProcessed, provesClaim: true),
            random: SystemRandomNumberGenerator(), logger: Logger(label: "doppel.runtime"))
        let embedded =
            configuration.broker == .embedded
            ? EmbeddedBroker(
                on: loop,
                EmbeddedBrokerPreparation(
                    port: configuration.embeddedBrokerPort, dataDirectory: configuration.dataDirectory,
                    settings: settings, searchPath: EmbeddedBrokerPreparation.searchPath(environment)),
                environment: environment.filter { !ServiceManager.variables.contains($0.key) },
                logger: Logger(label: "doppel.broker")) : nil
        let watch = CatalogueWatch(
            on: loop, source: .files(in: configuration.twinsDirectory, on: loop), inUse: catalogue,
            logger: Logger(label: "doppel.models")
        ) { catalogue, problems in runtime.assumeIsolated { $0.adopt(catalogue, problems: problems) } }
        let budget = Self.budget(configuration, on: loop, queue: journal, runtime)
        let postgres = configuration.history.map {
            PostgresParts(
                $0, besides: journal, keeping: configuration.retention, on: loop,
                inbox: configuration.inboxChannel.map { channel in
                    (channel, { batch, reply in runtime.assumeIsolated { $0.takeIn(batch, reply) } })
                }
            ) {
                let outlook = budget?.outlook() ?? (rows: 0, room: "")
                return OutageReport.Waiting(rows: outlook.rows, room: outlook.room)
            }
        }
        let retention = Retention(
            of: journal, on: loop, rules: configuration.embeddedRetention, logger: Logger(label: "doppel.retention"))
        let signalStop = SignalStop(of: runtime, logger: logger)
        let rollups = RollupRounds(of: journal, on: loop)
        let tree = SupervisionTree(
            loop: loop, runtime: runtime, links: broker, embedded: embedded, models: watch,
            rollups: rollups, retention: retention, budget: budget,
            reserveShortage: { journal.reserveShortage() }, postgres: postgres?.children ?? [],
            onTwinsRunning: { signalStop.twinsRun() })
        let fleetPart =
            fleet.isEmpty
            ? nil : FleetPart(fleet, on: loop, address: Self.brokerOptions(configuration).address, logger: logger)
        let gateway = GatewayPart(on: loop, onListening: onListening)
        supervisor = tree.assemble(fleet: fleetPart, gateway: gateway)
        let service = RuntimeService(
            runtime: runtime, supervisor: supervisor, history: postgres?.history ?? journal,
            past: postgres?.past ?? journal
        ) {
            ProcessMeasures.measurements(of: loop) + retention.measurements() + rollups.measurements()
                + (budget?.measurements() ?? []) + (postgres?.measurements() ?? [])
        }
        gateway.serve(
            Gateway(
                service: service,
                options: GatewayOptions(host: configuration.httpHost, port: configuration.httpPort),
                logger: Logger(label: "doppel.gateway")))
        reporter = ServiceReporter(
            to: try ServiceManager(environment: environment, processID: getpid()), on: loop, logger: logger,
            probe: { runtime.silence() }, status: { [supervisor] in supervisor.vitals().health })
        self.signalStop = signalStop
        self.loop = loop
        self.logger = logger
        self.runtime = runtime
    }

    /// Runs until a signal or a part that cannot be kept running ends it; everything is closed on return.
    func run() async -> End {
        loop.start()
        let end = await withCheckedContinuation { continuation in
            outcome.withLock { $0 = { continuation.resume(returning: $0) } }
            loop.post { self.begin() }
        }
        if end == .asked { await stop() }
        loop.stop()
        loop.join()
        return end
    }

    private func begin() {
        for signal in [SignalNumber.interrupt, .terminate] { watch(signal) { self.asked() } }
        watch(.emergencyStop) { self.signalStop.asked() }
        signalStop.watching()
        supervisor.start { event in
            switch event {
            case .running: self.reporter.treeRuns()
            case .ended(let reason):
                let reason = reason ?? "the root supervisor ended"
                self.reporter.ends(reason)
                self.finish(.gaveUp(reason))
            }
        }
    }

    private func watch(_ signal: SignalNumber, _ action: @escaping @Sendable () -> Void) {
        do {
            _ = try loop.onSignal(signal.rawValue, action)
        } catch {
            logger.warning("A signal is not watched.", metadata: ["signal": "\(signal)", "error": "\(error)"])
        }
    }

    private func asked() {
        // Nothing that has to be waited for (a slow client, a slow disk) comes before the OFFs.
        runtime.assumeIsolated { $0.beginEnding() }
        reporter.ends("a signal asked for it")
        let isFirst = finish(.asked)
        if isFirst {
            logger.notice("Ending: outputs are driven to their safe state first. Once more ends at once.")
        } else {
            SignalNumber.endProcess()
        }
    }

    @discardableResult
    private func finish(_ end: End) -> Bool {
        let finish = outcome.withLock { outcome in
            defer { outcome = nil }
            return outcome
        }
        finish?(end)
        return finish != nil
    }

    private func stop() async {
        await withCheckedContinuation { continuation in
            loop.post { self.supervisor.stop { continuation.resume() } }
        }
    }

    /// What keeps the rows in bounds that wait for the history store; `nil` where there is none.
    private static func budget(
        _ configuration: Configuration, on loop: EventLoop, queue: any FeedQueue, _ runtime: Runtime
    ) -> HistoryBudgetPart? {
        guard configuration.feedsHistory else { return nil }
        return HistoryBudgetPart(
            configuration.historyBudget, on: loop, queue: queue,
            advice: "bring PostgreSQL back, or raise \(ConfigurationKey.historyBudget.path)",
            logger: Logger(label: "doppel.budget")
        ) { runtime.holdTelemetry($0) }
    }

    private static func brokerOptions(_ configuration: Configuration) -> BrokerOptions {
        switch configuration.broker {
        case .embedded:
            return BrokerOptions(
                address: BrokerAddress(host: "127.0.0.1", port: UInt16(configuration.embeddedBrokerPort)))
        case .external(let address):
            var options = BrokerOptions(address: address)
            if address.isSecured {
                options.security = LinkSecurity(
                    authorityFile: configuration.brokerTLS.authorityFile,
                    certificateFile: configuration.brokerTLS.certificateFile,
                    keyFile: configuration.brokerTLS.keyFile, isInsecure: configuration.brokerTLS.isInsecure)
            }
            return options
        }
    }

    private static let serverStatus = ServerStatus(
        topic: KaiserEncoder.serverStatusTopic,
        onlinePayload: { KaiserEncoder.serverStatus(online: true, reason: nil, at: $0).payload },
        offlinePayload: { KaiserEncoder.serverStatus(online: false, reason: $1.rawValue, at: $0).payload })
}
