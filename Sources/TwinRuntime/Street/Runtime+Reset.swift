import Logging
package import TwinCore

extension Runtime {
    /// For how long a stage of devices that do not confirm the clearing holds up the next one, in milliseconds.
    static let stagePatienceMilliseconds: Int64 = 30_000
    /// How often it is looked whether a stage has cleared, in milliseconds.
    static let stageLookMilliseconds: Int64 = 250

    /// Releases emergency stops; the devices clear in stages, and everything stays off until a fresh command.
    ///
    /// - Parameter id: The one to release; `nil` for all.
    package func clearStops(
        _ id: IncidentID? = nil, by name: String,
        _ reply: @escaping @Sendable (Result<StopReport, ServiceError>) -> Void
    ) {
        guard phase == .running else { return reply(.failure(.notRunning)) }
        if case .failing(let reason, _) = standing { return reply(.failure(.journalUnavailable(reason))) }
        let released = latch.incidents.filter { id == nil || $0.id == id }
        if let id, released.isEmpty { return reply(.failure(.unknownIncident(id))) }
        let moment = loop.moment
        for incident in released { note(.stopReleased(incident.id, by: name), at: moment) }
        resetBy = name
        clearStage()
        logger.notice("The emergency stop was released; every output stays off until a fresh command.")
        replyWithReport(reply)
        commitIfIdle()
    }

    /// Goes on with what the end of the run before interrupted: what it had begun is a stage as well.
    func resumeReset() {
        let plan = catalogue.resetPlan ?? ResetPlan()
        let begun = plan.inrushWatts == nil ? [] : directory.assumeIsolated { $0.all() }.filter(\.isClearing)
        if begun.isEmpty { clearStage() } else { settle(begun, plan) }
    }

    /// Lets the next devices go that no stop holds any more: as many as may start together, one stage at a time.
    func clearStage() {
        guard !isResetting else { return }
        let plan = catalogue.resetPlan ?? ResetPlan()
        let (surroundings, moment) = (surroundings, loop.moment)
        let stage = nextStage(plan)
        for twin in stage {
            let name = resetBy
            take(twin.assumeIsolated { $0.clear(by: name, surroundings, at: moment) }, from: twin)
            arm(twin)
        }
        guard !stage.isEmpty else { return }
        guard plan.inrushWatts == nil else { return settle(stage, plan) }
        // Nothing has to be waited for but the loop's other work.
        guard stage.count == Self.stopsPerTurn else { return }
        loop.post {
            self.assumeIsolated { runtime in
                runtime.clearStage()
                runtime.commitIfIdle()
            }
        }
    }

    /// The next devices that may start together, a bounded number.
    private func nextStage(_ plan: ResetPlan) -> [DeviceTwin] {
        let catalogue = catalogue
        var watts = 0.0
        var stage: [DeviceTwin] = []
        for twin in releasedTwins(plan).prefix(Self.stopsPerTurn) {
            watts += twin.assumeIsolated { $0.inrushWatts(catalogue) }
            // One that alone is over the budget goes alone.
            if let limit = plan.inrushWatts, watts > limit, !stage.isEmpty { break }
            stage.append(twin)
        }
        return stage
    }

    /// Waits until a stage has cleared, or for so long that it holds nobody up any more; then lets it settle.
    private func settle(_ stage: [DeviceTwin], _ plan: ResetPlan) {
        isResetting = true
        let patience = loop.moment.uptime.advanced(byMilliseconds: Self.stagePatienceMilliseconds)
        look(at: stage, plan, until: patience)
    }

    private func look(at stage: [DeviceTwin], _ plan: ResetPlan, until patience: Uptime) {
        guard stage.contains(where: \.isClearing), loop.moment.uptime < patience else {
            return proceed(after: min(Int64(plan.settleSeconds) * 1000, Self.stagePatienceMilliseconds))
        }
        _ = loop.schedule(afterMilliseconds: Self.stageLookMilliseconds) {
            self.assumeIsolated { $0.look(at: stage, plan, until: patience) }
        }
    }

    private func proceed(after span: Int64) {
        _ = loop.schedule(afterMilliseconds: span) {
            self.assumeIsolated { runtime in
                runtime.isResetting = false
                guard runtime.phase == .running else { return }
                runtime.clearStage()
                runtime.commitIfIdle()
            }
        }
    }

    /// The devices that are held by a stop that was released: those that the plan names first, then by name.
    private func releasedTwins(_ plan: ResetPlan) -> [DeviceTwin] {
        let latch = latch
        let twins = directory.assumeIsolated { $0.all() }.filter { $0.assumeIsolated { $0.isReleased(latch) } }
        guard !plan.order.isEmpty else { return twins }
        let first = plan.order.compactMap { id in twins.first { $0.id == id } }
        return first + twins.filter { !plan.order.contains($0.id) }
    }
}

extension DeviceTwin {
    /// Whether the device was let go by an operator and has not confirmed it.
    fileprivate nonisolated var isClearing: Bool {
        assumeIsolated { if case .clearing = $0.state.stop { true } else { false } }
    }
}
