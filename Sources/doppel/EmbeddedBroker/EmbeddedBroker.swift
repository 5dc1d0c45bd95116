import EventLoop
import Foundation
import Logging
import TwinCore
import TwinRuntime

/// A mosquitto of Doppel's own, run as a child on loopback.
///
/// Used on the loop only.
///
/// It does not restart itself: whoever supervises it calls ``start(onReady:onExit:)`` again after an exit. It never
/// outlives Doppel: the kernel ends it when Doppel dies, and a start ends one that was left behind all the same.
final class EmbeddedBroker: @unchecked Sendable {
    /// How long it may take until it listens, in seconds.
    static let readyPatienceSeconds = 10
    /// How often it is tried whether it listens, in milliseconds.
    static let probeMilliseconds: Int64 = 25
    /// How long it may take to write its store after SIGTERM, in milliseconds; then it is killed.
    static let stopPatienceMilliseconds: Int64 = 3000
    /// How many of its last lines are kept to explain its end.
    static let maximumLastWords = 10

    /// One life of the child, from the call of `start` to its end.
    ///
    /// Used on the loop only.
    private final class Life: @unchecked Sendable {
        let onReady: @Sendable () -> Void
        let onExit: @Sendable (EmbeddedBrokerFailure) -> Void
        var lastWords: [String] = []
        /// Why it is being ended, where that was our decision.
        var verdict: EmbeddedBrokerFailure?

        init(onReady: @escaping @Sendable () -> Void, onExit: @escaping @Sendable (EmbeddedBrokerFailure) -> Void) {
            self.onReady = onReady
            self.onExit = onExit
        }

        func note(_ line: String) {
            if lastWords.count == EmbeddedBroker.maximumLastWords { lastWords.removeFirst() }
            lastWords.append(line)
        }
    }

    private enum State {
        /// Next: preparing.
        case idle
        /// Next: awaiting, idle, cancelled.
        case preparing(Life)
        /// The preparation is under way, and nobody wants its result. Next: idle.
        case cancelled([@Sendable () -> Void])
        /// The child runs and does not listen yet. Next: running, idle, stopping.
        case awaiting(Life, ChildProcess)
        /// Next: idle, stopping.
        case running(Life, ChildProcess)
        /// Next: idle.
        case stopping([@Sendable () -> Void])
    }

    private let loop: EventLoop
    private let preparation: EmbeddedBrokerPreparation
    private let environment: [String: String]?
    private let logger: Logger
    private var state = State.idle

    /// Makes a broker that does not run yet.
    ///
    /// - Parameter environment: The child's whole environment; `nil` for ours.
    init(
        on loop: EventLoop, _ preparation: EmbeddedBrokerPreparation, environment: [String: String]? = nil,
        logger: Logger
    ) {
        self.loop = loop
        self.preparation = preparation
        self.environment = environment
        self.logger = logger
    }

    /// The child's process number while there is one.
    var processID: Int32? {
        switch state {
        case .awaiting(_, let child), .running(_, let child): child.processID
        case .idle, .preparing, .cancelled, .stopping: nil
        }
    }

    /// Starts the child.
    ///
    /// Called when it does not run: first, after an exit, or after a stop has completed.
    ///
    /// - Parameters:
    ///   - onReady: Runs on the loop once the broker takes connections.
    ///   - onExit: Runs on the loop, once, when the start failed or the child ended; not after ``stop(_:)``.
    func start(
        onReady: @escaping @Sendable () -> Void, onExit: @escaping @Sendable (EmbeddedBrokerFailure) -> Void
    ) {
        precondition(loop.isOnLoop, "the embedded broker lives on the loop")
        guard case .idle = state else { preconditionFailure("started while \(state)") }
        state = .preparing(Life(onReady: onReady, onExit: onExit))
        let preparation = preparation
        loop.work {
            Result { () throws(EmbeddedBrokerFailure) in try preparation.prepare() }
        } _: { [self] outcome in
            prepared(outcome)
        }
    }

    /// Ends the child, by SIGTERM and then SIGKILL.
    ///
    /// Called in any state.
    ///
    /// - Parameter completion: Runs on the loop when there is no child any more.
    func stop(_ completion: @escaping @Sendable () -> Void) {
        precondition(loop.isOnLoop, "the embedded broker lives on the loop")
        switch state {
        case .idle: loop.post(completion)
        case .preparing: state = .cancelled([completion])
        case .cancelled(let others): state = .cancelled(others + [completion])
        case .stopping(let others): state = .stopping(others + [completion])
        case .awaiting(_, let child), .running(_, let child):
            state = .stopping([completion])
            end(child)
        }
    }

    private func prepared(_ outcome: Result<EmbeddedBrokerPreparation.Command, EmbeddedBrokerFailure>) {
        switch state {
        case .cancelled(let completions):
            state = .idle
            for completion in completions { completion() }
        case .preparing(let life):
            do {
                let child = try spawn(try outcome.get(), life)
                state = .awaiting(life, child)
                logger.info("embedded broker started", metadata: ["pid": "\(child.processID)"])
                let patience = Int64(Self.readyPatienceSeconds) * 1000
                probe(child, until: loop.moment.uptime.advanced(byMilliseconds: patience))
            } catch {
                state = .idle
                life.onExit(error)
            }
        case .idle, .awaiting, .running, .stopping: preconditionFailure("prepared while \(state)")
        }
    }

    private func spawn(
        _ command: EmbeddedBrokerPreparation.Command, _ life: Life
    ) throws(EmbeddedBrokerFailure) -> ChildProcess {
        let specification = ChildSpecification(
            executable: command.executable, arguments: command.arguments, environment: environment
        ) { [logger] line in
            life.note(line.text)
            logger.debug("embedded broker says", metadata: ["line": "\(line.text)"])
        }
        do {
            return try loop.spawn(specification) { [self] exit in ended(exit) }
        } catch {
            throw .notStarted(error.description)
        }
    }

    /// Tries on the worker pool whether somebody listens: only the child can, since the port was free before.
    private func probe(_ child: ChildProcess, until deadline: Uptime) {
        let port = LoopbackPort(number: preparation.port)
        loop.work {
            port.isServed
        } _: { [self] isServed in
            guard case .awaiting(let life, let current) = state, current === child else { return }
            if isServed {
                state = .running(life, child)
                life.onReady()
            } else if loop.moment.uptime < deadline {
                _ = loop.schedule(afterMilliseconds: Self.probeMilliseconds) { [self] in probe(child, until: deadline) }
            } else {
                life.verdict = .notListening(seconds: Self.readyPatienceSeconds)
                end(child)
            }
        }
    }

    private func end(_ child: ChildProcess) {
        child.signal(SIGTERM)
        // A signal to a child that has ended does nothing, so nobody has to cancel this.
        _ = loop.schedule(afterMilliseconds: Self.stopPatienceMilliseconds) { child.signal(SIGKILL) }
    }

    private func ended(_ exit: ChildExit) {
        switch state {
        case .awaiting(let life, _), .running(let life, _):
            state = .idle
            life.onExit(life.verdict ?? .ended(exit.words, lastWords: life.lastWords))
        case .stopping(let completions):
            state = .idle
            for completion in completions { completion() }
        case .idle, .preparing, .cancelled: preconditionFailure("a child ended while \(state)")
        }
    }
}

extension ChildExit {
    /// How it ended, in words.
    fileprivate var words: String {
        switch self {
        case .exited(let code): "status \(code)"
        case .signalled(let number): "signal \(number)"
        }
    }
}
