import Synchronization
import TwinCore
import TwinRuntime

/// A runtime that answers what a test told it to answer, and notes what it was asked.
final class FakeTwins: TwinService {
    /// What it answers, and what it was asked.
    struct Script: Sendable {
        var views: [TwinView] = []
        var failure: ServiceError?
        var record: CommandRecord?
        var laterRecord: CommandRecord?
        var stopReport = StopReport(incidents: [], clearing: [], isDurable: true, lines: [])
        var measurements: [Measurement] = []
        var missing: String?
        var asked: [String] = []
        var queries: [TwinQuery] = []
        var requests: [CommandRequest] = []
        var stops: [StopRequest] = []
        var waits: [Int64] = []
        var watchers: [any FactWatcher] = []
        var reportCount = 0
        var holdsFinishedCommands = false
        var desired = Desired()
        var changes: [ConfigurationChange] = []
        var operation: OperationRecord?
        var laterOperation: OperationRecord?
        var operations: [OperationRequest] = []
        var broadcastTokens: [EmergencyToken?] = []
        var calibrations: [CalibrationRequest] = []
        var calibrationFailure: (action: CalibrationAction, error: ServiceError)?
        var calls: [ProcessingCall] = []
        var processed: [ProcessedMember] = []
        var reprocessings: [ReprocessingRequest] = []
        var relays: [RelayView] = []
        var catalogue = Greenhouse.catalogue
        var catalogueProblems: [String] = []
    }

    let script: Mutex<Script>
    let store: FakeHistory
    private let otherStore: (any HistoryStore)?
    private let held = AsyncStream.makeStream(of: Void.self)
    private let released = AsyncStream.makeStream(of: Void.self)

    init(_ views: [TwinView] = [], store: FakeHistory = FakeHistory(), history: (any HistoryStore)? = nil) {
        self.store = store
        otherStore = history
        var script = Script()
        script.views = views
        self.script = Mutex(script)
    }

    var history: any HistoryStore { otherStore ?? store }

    /// What it answers and was asked so far.
    var seen: Script { script.withLock { $0 } }

    func change(_ change: (inout sending Script) -> Void) { script.withLock { change(&$0) } }

    func twins(_ query: TwinQuery, at time: UnixTime) async throws(ServiceError) -> TwinPage {
        if let failure = seen.failure { throw failure }
        note("twins at \(time.rfc3339)")
        return await twins(query)
    }

    func twin(_ id: DeviceID, at time: UnixTime) async throws(ServiceError) -> TwinView? {
        if let failure = seen.failure { throw failure }
        note("\(id) at \(time.rfc3339)")
        return await twin(id)
    }

    private func note(_ words: String) { change { $0.asked.append(words) } }

    func twins(_ query: TwinQuery) async -> TwinPage {
        script.withLock { script in
            script.queries.append(query)
            let rest = script.views.filter { view in query.after.map { view.snapshot.device.id > $0 } ?? true }
            let items = Array(rest.prefix(query.limit))
            return TwinPage(items: items, next: rest.count > items.count ? items.last?.snapshot.device.id : nil)
        }
    }

    func twin(_ id: DeviceID) async -> TwinView? {
        script.withLock { $0.views.first { $0.snapshot.device.id == id } }
    }

    func approve(_ id: DeviceID, by operator: String) async throws(ServiceError) -> TwinView {
        try note("approve \(id) by \(`operator`)", about: id)
    }

    func reject(_ id: DeviceID, by operator: String) async throws(ServiceError) -> TwinView {
        try note("reject \(id) by \(`operator`)", about: id)
    }

    func command(_ request: CommandRequest) async throws(ServiceError) -> CommandRecord {
        let (failure, record) = script.withLock { script in
            script.requests.append(request)
            return (script.failure, script.record)
        }
        if let failure { throw failure }
        guard let record else { throw .unknownActuator(request.device, request.gpio) }
        return record
    }

    func finishedCommand(_ id: CommandID, withinMilliseconds milliseconds: Int64) async -> CommandRecord? {
        if seen.holdsFinishedCommands {
            held.continuation.finish()
            for await _ in released.stream {}
        }
        return script.withLock { script in
            script.waits.append(milliseconds)
            return [script.laterRecord, script.record].compactMap { $0 }.first { $0.order.id == id }
        }
    }

    func stop(_ request: StopRequest) async throws(ServiceError) -> StopReport {
        let (failure, report) = script.withLock { script in
            script.stops.append(request)
            return (script.failure, script.stopReport)
        }
        if let failure { throw failure }
        return report
    }

    func stopReport() async -> StopReport {
        script.withLock { script in
            script.reportCount += 1
            return script.stopReport
        }
    }

    func clearStops(_ id: IncidentID?, by operator: String) async throws(ServiceError) -> StopReport {
        let failure = script.withLock { script in
            script.asked.append("clear \(id.map { "\($0) " } ?? "")by \(`operator`)")
            return script.failure
        }
        if let failure { throw failure }
        return script.withLock { $0.stopReport }
    }

    func lockOut(_ request: LockoutRequest) async throws(ServiceError) -> TwinView {
        try note(
            "lock out \(request.output) by \(request.name) for \(request.seconds) s: \(request.reason)",
            about: request.output.device)
    }

    func removeLockout(of output: OutputAddress, by operator: String) async throws(ServiceError) -> TwinView {
        try note("unlock \(output) by \(`operator`)", about: output.device)
    }

    func liftQuarantine(of id: DeviceID, by operator: String) async throws(ServiceError) -> TwinView {
        try note("release \(id) by \(`operator`)", about: id)
    }

    func supervision() async -> SupervisionReport {
        let leaf = SupervisionReport.Node(
            name: "journal", path: "root/journal", state: "failing", condition: .failing("disk full"),
            sinceUptimeMilliseconds: 1500, restarts: 1, lastFailure: "it ended", health: "commits fail", backlog: 2,
            oldestBacklogMilliseconds: 250, intensity: 3, periodMilliseconds: 60_000, breaker: .halfOpen, children: [])
        var root = leaf
        root.name = "root"
        root.path = "root"
        root.breaker = nil
        root.lastFailure = nil
        root.children = [leaf]
        return SupervisionReport(root: root)
    }

    func restartPart(_ node: String, by operator: String) async throws(ServiceError) -> SupervisionReport {
        let failure = script.withLock { script in
            script.asked.append("restart \(node) by \(`operator`)")
            return script.failure
        }
        if let failure { throw failure }
        return await supervision()
    }

    func measurements() async -> [Measurement] { script.withLock { $0.measurements } }
    func unreadiness() async -> String? { script.withLock { $0.missing } }

    func watch(_ watcher: any FactWatcher) { script.withLock { $0.watchers.append(watcher) } }

    /// Tells all watchers what happened.
    ///
    /// - Returns: How many facts they lost.
    @discardableResult
    func happen(_ facts: Fact...) -> Int {
        script.withLock({ $0.watchers }).reduce(0) { $0 + $1.take(facts) }
    }

    /// Waits until somebody waits for a finished command.
    func waitUntilHeld() async { for await _ in held.stream {} }

    /// Lets those who wait for a finished command have it.
    func release() { released.continuation.finish() }

    /// Ends all watchers' streams.
    func end() {
        for watcher in script.withLock({ $0.watchers }) { watcher.end() }
    }

    /// Notes what was asked about a device, and gives its view back.
    func note(_ words: String, about id: DeviceID) throws(ServiceError) -> TwinView {
        let (failure, view) = script.withLock { script in
            script.asked.append(words)
            return (script.failure, script.views.first { $0.snapshot.device.id == id })
        }
        if let failure { throw failure }
        guard let view else { throw .unknownDevice(id) }
        return view
    }
}
