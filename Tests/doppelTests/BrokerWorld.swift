import EventLoop
import Foundation
import Logging
import Synchronization
import TwinRuntime

@testable import doppel

/// A loop with an embedded broker on a port and in a folder of its own.
final class BrokerWorld: Sendable {
    enum Event: Sendable, Equatable {
        case ready
        case exited(String)
    }

    /// How long something may take before the test fails, in seconds.
    static let patienceSeconds = 20

    let port: Int
    let folder: TemporaryFolder
    let preparation: EmbeddedBrokerPreparation
    private let loop: EventLoop
    private let broker: EmbeddedBroker
    private let events = Mutex<[Event]>([])

    init(port: Int? = nil, sharing other: BrokerWorld? = nil, searchPath: [String]? = nil) throws {
        self.port = port ?? UnusedPort.take()
        folder = try other?.folder ?? TemporaryFolder()
        loop = try EventLoop()
        preparation = EmbeddedBrokerPreparation(
            port: self.port, dataDirectory: "\(folder.path)/data", settings: .builtIn,
            searchPath: searchPath ?? EmbeddedBrokerPreparation.searchPath(ProcessInfo.processInfo.environment))
        broker = EmbeddedBroker(on: loop, preparation, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        loop.start()
    }

    deinit {
        loop.stop()
        loop.join()
    }

    /// The processes of brokers in this folder.
    var processes: [Int32] {
        StaleBroker(configurationFile: "\(folder.path)/data/mosquitto/mosquitto.conf").processes()
    }

    /// Whether nothing was told that nobody asked about.
    var isQuiet: Bool { events.withLock(\.isEmpty) }

    func start() async {
        await onLoop { [self] done in
            startNow()
            done()
        }
    }

    func startAsPart() async {
        await onLoop { [self] done in
            broker.start { [weak self] event in
                switch event {
                case .running: self?.note(.ready)
                case .ended(let why): self?.note(.exited(why ?? "in order"))
                }
            }
            done()
        }
    }

    func health() async -> String {
        await withCheckedContinuation { continuation in
            loop.post { [broker] in continuation.resume(returning: broker.vitals().health) }
        }
    }

    func stop() async { await onLoop { [broker] done in broker.stop(done) } }

    func startAndStopAtOnce() async {
        await onLoop { [self] done in
            startNow()
            broker.stop(done)
        }
    }

    /// Starts another program; `nil` when it cannot be started.
    func spawn(_ executable: String, _ arguments: [String]) async -> Int32? {
        await withCheckedContinuation { continuation in
            loop.post { [loop] in
                let child = try? loop.spawn(ChildSpecification(executable: executable, arguments: arguments)) { _ in }
                continuation.resume(returning: child?.processID)
            }
        }
    }

    /// Waits for the next event; `nil` when none comes.
    func next() async -> Event? {
        await until { [self] in events.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
    }

    /// Looks for something until it is there; `nil` when it does not come.
    func until<Found>(_ look: () -> Found?) async -> Found? {
        let deadline = ContinuousClock.now.advanced(by: .seconds(Self.patienceSeconds))
        while ContinuousClock.now < deadline {
            if let found = look() { return found }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return nil
    }

    private func startNow() {
        // The broker must not keep its world alive.
        broker.start(
            onReady: { [weak self] in self?.note(.ready) },
            onExit: { [weak self] in self?.note(.exited($0.description)) })
    }

    private func note(_ event: Event) { events.withLock { $0.append(event) } }

    private func onLoop(_ body: @escaping @Sendable (@escaping @Sendable () -> Void) -> Void) async {
        await withCheckedContinuation { continuation in
            loop.post { body { continuation.resume() } }
        }
    }
}
