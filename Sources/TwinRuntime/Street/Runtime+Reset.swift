import Logging
package import TwinCore

extension Runtime {
    /// For how long a stage of devices that do not confirm the clearing holds up the next one, in milliseconds.
    static let stagePatienceMilliseconds: Int64 = 30_000

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

    /// Lets the next devices go that no stop holds any more: as many as may start together.
    func clearStage() {
        let (surroundings, moment) = (surroundings, loop.moment)
        let plan = catalogue.resetPlan ?? ResetPlan()
        let released = releasedTwins(plan)
        var watts = 0.0
        var stage: [DeviceTwin] = []
        for twin in released {
            watts += twin.assumeIsolated { $0.inrushWatts(surroundings.catalogue) }
            // One that alone is over the budget goes alone.
            if let limit = plan.inrushWatts, watts > limit, !stage.isEmpty { break }
            stage.append(twin)
        }
        for twin in stage {
            let name = resetBy
            take(twin.assumeIsolated { $0.clear(by: name, surroundings, at: moment) }, from: twin)
            arm(twin)
        }
        guard stage.count < released.count else { return }
        let patience = moment.uptime.advanced(byMilliseconds: Self.stagePatienceMilliseconds)
        settle(stage, plan, until: patience)
    }

    /// Waits until a stage has cleared and settled, then lets the next one go.
    private func settle(_ stage: [DeviceTwin], _ plan: ResetPlan, until patience: Uptime) {
        _ = loop.schedule(afterMilliseconds: max(100, Int64(plan.settleSeconds) * 1000)) {
            self.assumeIsolated { runtime in
                guard runtime.phase == .running else { return }
                let isOpen = stage.contains { twin in
                    twin.assumeIsolated { if case .clearing = $0.state.stop { true } else { false } }
                }
                if isOpen, runtime.loop.moment.uptime < patience {
                    return runtime.settle(stage, plan, until: patience)
                }
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
