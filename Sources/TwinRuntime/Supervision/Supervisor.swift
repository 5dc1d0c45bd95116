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

        /// Puts a child together.
        public init(_ name: String, _ part: any SupervisedPart, rule: RestartRule = RestartRule()) {
            self.name = name
            self.part = part
            self.rule = rule
        }
    }

    private enum State: String {
        case stopped, starting, running, waiting, stopping, ended, failed
    }

    private struct Seat {
        let child: Child
        var state = State.stopped
        var since: Uptime
        var history = RestartHistory()
        var lastFailure: String?
        /// Tells the current run of the part from earlier ones, whose late words do not count.
        var generation = 0
    }

    private let name: String
    private let loop: any Loop
    private let logger: Logger
    private var random: any RandomNumberGenerator & Sendable
    private var seats: [Seat]
    private var tell: (@Sendable (PartEvent) -> Void)?
    private var isStopping = false
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

    /// How the node fares: how many of its parts run.
    public nonisolated func vitals() -> PartVitals {
        assumeIsolated { node in
            let running = node.seats.count { $0.state == .running }
            return PartVitals(health: "\(running) of \(node.seats.count) parts run")
        }
    }

    /// The tree from this node down.
    public func report() -> SupervisionReport {
        SupervisionReport(root: node(state: isStopping ? "stopping" : "running"))
    }

    private func node(state: String) -> SupervisionReport.Node {
        SupervisionReport.Node(
            name: name, state: state, sinceUptimeMilliseconds: seats.map(\.since.milliseconds).min() ?? 0, restarts: 0,
            lastFailure: nil, health: vitals().health, backlog: 0, oldestBacklogMilliseconds: 0, intensity: 0,
            periodMilliseconds: 0, children: seats.map { node(of: $0) })
    }

    private func node(of seat: Seat) -> SupervisionReport.Node {
        let vitals = seat.child.part.vitals()
        let inner = (seat.child.part as? Supervisor)?.assumeIsolated { $0.node(state: seat.state.rawValue) }
        return SupervisionReport.Node(
            name: seat.child.name, state: seat.state.rawValue, sinceUptimeMilliseconds: seat.since.milliseconds,
            restarts: seat.history.total, lastFailure: seat.lastFailure, health: vitals.health,
            backlog: vitals.backlog, oldestBacklogMilliseconds: vitals.oldestBacklogMilliseconds,
            intensity: seat.child.rule.intensity, periodMilliseconds: seat.child.rule.periodMilliseconds,
            children: inner?.children ?? [])
    }

    private func startFirstStopped() {
        guard let index = seats.firstIndex(where: { $0.state == .stopped }) else {
            tell?(.running)
            return
        }
        start(index)
    }

    private func start(_ index: Int) {
        seats[index].generation += 1
        let generation = seats[index].generation
        change(index, to: .starting)
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
            giveUp("\(child.name): \(reason ?? "ended") (more than \(child.rule.intensity) restarts)")
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
        seats[index].generation += 1
        guard state == .starting || state == .running else {
            change(index, to: .stopped)
            return stopLast()
        }
        change(index, to: .stopping)
        seats[index].child.part.stop {
            self.assumeIsolated { node in
                node.change(index, to: .stopped)
                node.stopLast()
            }
        }
    }

    private func change(_ index: Int, to state: State) {
        seats[index].state = state
        seats[index].since = loop.moment.uptime
    }
}
