public import Logging
import TwinCore

/// One node of the supervisor tree: starts its parts left to right, stops them right to left, restarts what ends.
///
/// A part whose restart budget is spent takes the whole node down, and the node's own supervisor decides; at the root
/// that ends the process, and the service manager starts it anew. A node is a part itself, so trees nest.
public actor Supervisor: SupervisedPart {
    /// A part and its rule.
    public struct Child: Sendable {
        /// Its name, unique among its siblings.
        public let name: String
        /// What runs.
        public let part: any SupervisedPart
        /// When it is restarted.
        public let rule: RestartRule
        /// Why nobody can have it restarted by itself, and what to do instead; `nil` where it can be.
        public let restartObstacle: String?

        /// Puts a child together.
        public init(
            _ name: String, _ part: any SupervisedPart, rule: RestartRule = RestartRule(),
            restartObstacle: String? = nil
        ) {
            self.name = name
            self.part = part
            self.rule = rule
            self.restartObstacle = restartObstacle
        }
    }

    enum State: String {
        case stopped, starting, running, waiting, stopping, ended, failed
    }

    struct Seat {
        let child: Child
        var state = State.stopped
        var since: Uptime
        var history = RestartHistory()
        var lastFailure: String?
        /// Tells the current run of the part from earlier ones, whose late words do not count.
        var generation = 0
    }

    let name: String
    let loop: any Loop
    let logger: Logger
    private var random: any RandomNumberGenerator & Sendable
    var seats: [Seat]
    private var tell: (@Sendable (PartEvent) -> Void)?
    private(set) var isStopping = false
    private var stopCompletions: [@Sendable () -> Void] = []

    public nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    /// Puts a node together; nothing starts before ``start(_:)``.
    public init(
        _ name: String, on loop: any Loop, children: [Child], random: any RandomNumberGenerator & Sendable,
        logger: Logger
    ) {
        self.name = name
        self.loop = loop
        self.random = random
        self.logger = logger
        let now = loop.moment.uptime
        seats = children.map { Seat(child: $0, since: now) }
    }

    /// Starts the parts, each when the one before it runs.
    public nonisolated func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        assumeIsolated { node in
            node.tell = tell
            node.isStopping = false
            node.startFirstStopped()
        }
    }

    /// Stops the parts, the last one first.
    public nonisolated func stop(_ completion: @escaping @Sendable () -> Void) {
        assumeIsolated { node in
            node.tell = nil
            node.stopAll(completion)
        }
    }

    private func startFirstStopped() {
        guard let index = seats.firstIndex(where: { $0.state == .stopped }) else {
            tell?(.running)
            return
        }
        start(index)
    }

    func start(_ index: Int) {
        seats[index].generation += 1
        let generation = seats[index].generation
        change(index, to: .starting)
        seats[index].history.starting(seats[index].child.rule)
        seats[index].child.part.start { event in
            self.assumeIsolated { $0.note(event, of: index, generation) }
        }
    }

    private func note(_ event: PartEvent, of index: Int, _ generation: Int) {
        guard !isStopping, seats[index].generation == generation else { return }
        switch event {
        case .running:
            guard seats[index].state == .starting else { return }
            change(index, to: .running)
            seats[index].history.running(at: loop.moment.uptime)
            if seats.contains(where: { $0.state == .stopped }) {
                startFirstStopped()
            } else if seats.allSatisfy({ $0.state == .running || $0.state == .ended }) {
                tell?(.running)
            }
        case .ended(let reason): ended(index, reason)
        }
    }

    private func ended(_ index: Int, _ reason: String?) {
        let child = seats[index].child
        seats[index].lastFailure = reason ?? seats[index].lastFailure
        seats[index].generation += 1
        let verdict = seats[index].history.judge(
            wasInOrder: reason == nil, child.rule, at: loop.moment.uptime,
            jitter: Double.random(in: 0..<1, using: &random))
        switch verdict {
        case .rest: change(index, to: reason == nil ? .ended : .failed)
        case .restart(let delay):
            change(index, to: .waiting)
            logger.warning(
                "A part ended and is restarted.",
                metadata: ["part": "\(child.name)", "reason": "\(reason ?? "none")", "after_ms": "\(delay)"])
            let generation = seats[index].generation
            _ = loop.schedule(afterMilliseconds: delay) {
                self.assumeIsolated { node in
                    guard !node.isStopping, node.seats[index].generation == generation else { return }
                    node.start(index)
                }
            }
        case .escalate:
            change(index, to: .failed)
            logger.error(
                "A part ends too often; its supervisor gives up.",
                metadata: ["part": "\(child.name)", "supervisor": "\(name)", "reason": "\(reason ?? "none")"])
            giveUp("\(child.name): \(reason ?? "ended")\(child.rule.spentBudget)")
        }
    }

    private func giveUp(_ reason: String) {
        let tell = tell
        stopAll { tell?(.ended(reason)) }
    }

    /// Stops every part, once; who asks while that is under way is told at the same end.
    private func stopAll(_ completion: @escaping @Sendable () -> Void) {
        stopCompletions.append(completion)
        guard stopCompletions.count == 1 else { return }
        isStopping = true
        stopLast()
    }

    private func stopLast() {
        guard let index = seats.lastIndex(where: { $0.state != .stopped }) else {
            let completions = stopCompletions
            stopCompletions = []
            for completion in completions { completion() }
            return
        }
        let state = seats[index].state
        // A restart that was asked for is stopping this part already; the end of that goes on from here.
        if state == .stopping { return }
        seats[index].generation += 1
        guard state == .starting || state == .running else {
            change(index, to: .stopped)
            return stopLast()
        }
        change(index, to: .stopping)
        stop(index)
    }

    /// Stops one part; then the next one is stopped, or, where only this one was to be, it is started again.
    func stop(_ index: Int) {
        seats[index].child.part.stop {
            self.assumeIsolated { node in
                node.change(index, to: .stopped)
                if node.isStopping { node.stopLast() } else { node.start(index) }
            }
        }
    }

    func change(_ index: Int, to state: State) {
        seats[index].state = state
        seats[index].since = loop.moment.uptime
    }
}

extension RestartRule {
    /// How much was tried before the parent had to decide.
    fileprivate var spentBudget: String {
        guard intensity > 0 else { return "" }
        let times = intensity == 1 ? "once" : "\(intensity) times"
        return " (restarted \(times) within \(periodMilliseconds / 1000) s, in vain)"
    }
}
