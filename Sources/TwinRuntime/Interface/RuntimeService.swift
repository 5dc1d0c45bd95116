public import TwinCore

/// The runtime as the outside world sees it: each call meets the loop once.
public struct RuntimeService: TwinService {
    let runtime: Runtime
    let past: PastViews
    private let supervisor: Supervisor
    private let more: @Sendable () -> [Measurement]
    /// What the twins' history can be asked; never goes through the loop.
    public let history: any HistoryStore

    /// Puts the parts together.
    ///
    /// - Parameter more: Measurements of parts that the runtime does not know; callable from any thread.
    public init(
        runtime: Runtime, supervisor: Supervisor, history: any HistoryStore, past: any PastStore,
        more: @escaping @Sendable () -> [Measurement]
    ) {
        self.more = more
        self.past = PastViews(past, clock: runtime.loop)
        self.runtime = runtime
        self.supervisor = supervisor
        self.history = history
    }

    /// One page of twins, ordered by id; a filtered list is looked through in bounded turns.
    public func twins(_ query: TwinQuery) async -> TwinPage {
        var found: [TwinView] = []
        var last = query.after
        while true {
            var rest = query
            rest.limit = query.limit - found.count
            let look = await runtime.look(rest, after: last)
            found.append(contentsOf: look.found)
            last = look.last ?? last
            if look.isAtEnd { return TwinPage(items: found, next: nil) }
            if found.count >= query.limit { return TwinPage(items: found, next: last) }
        }
    }

    /// One twin; `nil` when no device of that id ever spoke.
    public func twin(_ id: DeviceID) async -> TwinView? { await runtime.view(of: id) }

    /// Lets a device take part.
    public func approve(_ id: DeviceID, by name: String) async throws(ServiceError) -> TwinView {
        try await runtime.reply { $0.admit(id, .approve, by: name, $1) }.get()
    }

    /// Excludes a device and drives its outputs to their safe state.
    public func reject(_ id: DeviceID, by name: String) async throws(ServiceError) -> TwinView {
        try await runtime.reply { $0.admit(id, .reject, by: name, $1) }.get()
    }

    /// Removes a device.
    public func delete(_ id: DeviceID, by name: String) async throws(ServiceError) -> TwinView {
        try await runtime.reply { $0.admit(id, .delete, by: name, $1) }.get()
    }

    /// Asks the gate for a command.
    public func command(_ request: CommandRequest) async throws(ServiceError) -> CommandRecord {
        do {
            return try await runtime.reply { $0.submit(request, $1) }.get()
        } catch .alreadyAnswered(let id) {
            // The runtime keeps the latest commands only; the journal has them all.
            guard let stored = try? await history.command(id) else { throw .alreadyAnswered(id) }
            return stored
        }
    }

    /// Hangs a tag on an output.
    public func lockOut(_ request: LockoutRequest) async throws(ServiceError) -> TwinView {
        try await runtime.reply { $0.lockOut(request, $1) }.get()
    }

    /// Takes the tag of an output away.
    public func removeLockout(of output: OutputAddress, by name: String) async throws(ServiceError) -> TwinView {
        try await runtime.reply { $0.removeLockout(of: output, by: name, $1) }.get()
    }

    /// Lets a quarantined twin take part again.
    public func liftQuarantine(of id: DeviceID, by name: String) async throws(ServiceError) -> TwinView {
        try await runtime.reply { $0.liftQuarantine(of: id, by: name, $1) }.get()
    }

    /// The command as it stands, or when it has ended or the time is up.
    public func finishedCommand(_ id: CommandID, withinMilliseconds milliseconds: Int64) async -> CommandRecord? {
        let record = await runtime.reply { $0.finished(id, withinMilliseconds: milliseconds, $1) }
        if let record { return record }
        return try? await history.command(id)
    }

    /// Stops devices.
    public func stop(_ request: StopRequest) async throws(ServiceError) -> StopReport {
        try await runtime.reply { $0.stop(request, $1) }.get()
    }

    /// The latch and the scoreboard.
    public func stopReport() async -> StopReport { await runtime.currentReport() }

    /// Releases emergency stops.
    public func clearStops(_ id: IncidentID?, by name: String) async throws(ServiceError) -> StopReport {
        try await runtime.reply { $0.clearStops(id, by: name, $1) }.get()
    }

    /// The supervisor tree.
    public func supervision() async -> SupervisionReport { await supervisor.report() }

    /// Restarts one part of the supervisor tree.
    public func restartPart(_ node: String, by name: String) async throws(ServiceError) -> SupervisionReport {
        try await supervisor.restart(node, by: name)
    }

    /// Counters and gauges.
    public func measurements() async -> [Measurement] { await runtime.measurements() + more() }

    /// Whether the runtime takes traffic: `nil`, or what is missing.
    public func unreadiness() async -> String? { await runtime.unreadiness() }

    /// Tells a watcher facts as they become durable.
    public func watch(_ watcher: any FactWatcher) { runtime.hub.watch(watcher) }
}

extension Runtime {
    /// Asks something on the loop and waits for the reply.
    func reply<Reply: Sendable>(
        to ask: @Sendable (isolated Runtime, @escaping @Sendable (Reply) -> Void) -> Void
    ) async -> Reply {
        await withCheckedContinuation { continuation in ask(self) { continuation.resume(returning: $0) } }
    }

    func currentReport() -> StopReport { report(isDurable: standing.takesFacts || !isStopUnstored) }

    func measurements() -> [Measurement] {
        let devices = directory.assumeIsolated { $0.count }
        return counters.measurements() + [
            Measurement("doppel_devices", help: "Devices known.", kind: .gauge, value: Double(devices)),
            Measurement(
                "doppel_watchers", help: "Watchers of facts.", kind: .gauge, value: Double(hub.count)),
            Measurement(
                "doppel_shed_total", help: "What was let go under overload, by class.", kind: .counter,
                labels: [("class", "watchers")], value: Double(hub.shed)),
            Measurement(
                "doppel_shed_total", help: "What was let go under overload, by class.", kind: .counter,
                labels: [("class", "telemetry_qos0")], value: Double(counters.shedTelemetry)),
            Measurement(
                "doppel_emergency_stops", help: "Emergency stops that hold.", kind: .gauge,
                value: Double(latch.incidents.count)),
            Measurement(
                "doppel_journal_takes_facts", help: "1 while commits succeed, 0 while they fail.", kind: .gauge,
                value: standing.takesFacts ? 1 : 0),
        ]
    }

    func unreadiness() -> String? {
        guard phase == .running else { return "the runtime is \(phase)" }
        if case .failing(let reason, _) = standing { return "the journal takes no facts: \(reason)" }
        for connection in BrokerConnection.allCases {
            guard case .connected = connections[connection] else {
                return "the \(connection.rawValue) connection to the broker is down"
            }
        }
        if let other = claim.fencedBy { return other }
        if let reason = telemetryHold { return "readings are held at the broker: \(reason)" }
        return nil
    }
}
