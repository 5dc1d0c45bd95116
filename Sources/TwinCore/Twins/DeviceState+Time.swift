extension DeviceState {
    /// A device that is back settles for so long before it is told differences, in milliseconds.
    public static let settleMilliseconds: Int64 = 2_000

    /// What time alone brings: silence, the repetition of orders that were not answered, and the next difference.
    public func decideOnTime(in context: DeviceContext, at moment: Moment) -> DeviceDecision {
        var decision = DeviceDecision()
        let isLost = silenceDeadline(context).map { moment.uptime >= $0 } ?? false
        if isLost { decision.events.append(.wentOffline(.silence)) }
        decision.append(decideOnStop(in: context, at: moment))
        decision.append(asked(operations.decideOnTime(isBrokerConnected: context.isBrokerConnected, at: moment)))
        decision.append(
            told(
                configuration.decideOnTime(
                    mayTell: !isLost && mayBeTold(in: context, at: moment), mayLetGo: context.mayLetGo(at: moment),
                    isolated: isolatedSubzones, revision: context.revision, at: moment)))
        decision.append(
            transferred(
                library.decideOnTime(
                    isPresent: status == .online && !isLost, libraries: context.libraries, at: moment)))
        return decision
    }

    /// When ``decideOnTime(in:at:)`` next has something to say; `nil` when never.
    public func nextDeadline(in context: DeviceContext) -> Uptime? {
        [
            silenceDeadline(context), stopDeadline(in: context),
            operations.nextDeadline(isBrokerConnected: context.isBrokerConnected), configurationDeadline(context),
            library.nextDeadline(isPresent: status == .online),
        ].compactMap(\.self).min()
    }

    /// Whether the device may be told how it is to be configured: it takes part, has settled and nothing holds it.
    public func mayBeTold(in context: DeviceContext, at moment: Moment) -> Bool {
        takesPart(in: context) && settledAt.map { moment.uptime >= $0 } ?? true
    }

    /// The subzones whose outputs are isolated: the device says so, or it was asked for last and nothing refused it.
    public var isolatedSubzones: Set<String> {
        var isolated: Set<String> = []
        for record in operations.records where record.state != .failed {
            guard case .isolateSubzone(let subzone, let isIsolated, _) = record.operation.kind else { continue }
            if isIsolated { isolated.insert(subzone) } else { isolated.remove(subzone) }
        }
        return isolated.union(health.isolatedSubzones)
    }

    private func takesPart(in context: DeviceContext) -> Bool { status == .online && !isStopped && !context.isHeld }

    private var settledAt: Uptime? { returnedAt?.uptime.advanced(byMilliseconds: Self.settleMilliseconds) }

    private func configurationDeadline(_ context: DeviceContext) -> Uptime? {
        let untold = configuration.nextDeadline(mayTell: false)
        guard takesPart(in: context) else { return untold }
        // Before it has settled only that is due which is due without telling.
        let settledAt = settledAt ?? Uptime(milliseconds: 0)
        let told = configuration.nextDeadline(mayTell: true, mayLetGo: false).map { max($0, settledAt) }
        guard !context.isEnergised else { return [untold, told].compactMap(\.self).min() }
        let knownAt = max(settledAt, context.isUnknownUntil ?? settledAt)
        let letGo = configuration.nextDeadline(mayTell: true, mayLetGo: true).map { max($0, knownAt) }
        return [untold, told, letGo].compactMap(\.self).min()
    }

    private func silenceDeadline(_ context: DeviceContext) -> Uptime? {
        // An approved device of which nothing was heard in this run is waited for just as long.
        guard status == .online || status == .approved else { return nil }
        return lastHeard.uptime.advanced(byMilliseconds: context.silenceMilliseconds)
    }
}
