extension LibraryTransferState {
    /// What time alone brings: a device that does not make room, a chunk nobody acknowledged, a check that never ends.
    ///
    /// While the device is away nothing is sent and no repetition is used up. A deadline that passed so long ago that
    /// it was missed twice passed while the device was away; the transfer then goes on where it was.
    ///
    /// - Parameter isPresent: Whether the device is online.
    public func decideOnTime(isPresent: Bool = true, libraries: [Library], at moment: Moment) -> LibraryDecision {
        guard isUnderWay, let plan, let since, let lastWordAt else { return LibraryDecision() }
        if moment.uptime >= lastWordAt.uptime.advanced(byMilliseconds: Self.silenceMilliseconds) {
            return .failed(plan, "the device said nothing about it for \(Self.silenceMilliseconds / 60_000) minutes")
        }
        let waited = moment.uptime.milliseconds(since: since.uptime)
        guard isPresent, waited >= patienceMilliseconds else { return LibraryDecision() }
        let wasAway = waited >= 2 * patienceMilliseconds
        switch phase {
        case .announced:
            return wasAway ? .begin(plan) : .failed(plan, Self.silence("that it is ready", patienceMilliseconds))
        case .sending(let chunk, let attempt):
            let next = wasAway ? 1 : attempt + 1
            return send(chunk, attempt: next, plan, libraries, "the device did not acknowledge it in time")
        case .completing:
            guard wasAway || completions <= Self.maximumRetries else {
                return .failed(plan, Self.silence("what became of it", patienceMilliseconds * Int64(completions)))
            }
            return complete(plan)
        case .done, .failed: return LibraryDecision()
        }
    }

    /// When ``decideOnTime(isPresent:libraries:at:)`` next has something to say; `nil` when never.
    public func nextDeadline(isPresent: Bool = true) -> Uptime? {
        guard isUnderWay, let since, let lastWordAt else { return nil }
        let end = lastWordAt.uptime.advanced(byMilliseconds: Self.silenceMilliseconds)
        return isPresent ? min(end, since.uptime.advanced(byMilliseconds: patienceMilliseconds)) : end
    }

    /// How long the device may take to answer, in milliseconds.
    private var patienceMilliseconds: Int64 {
        switch phase {
        case .announced: Self.readyMilliseconds
        case .sending: Self.chunkMilliseconds
        case .completing: Self.checkMilliseconds
        case .done, .failed: 0
        }
    }

    private static func silence(_ what: String, _ milliseconds: Int64) -> String {
        "the device did not say \(what) within \(milliseconds / 1000) s"
    }
}
