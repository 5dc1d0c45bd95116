import TwinCore

/// What a device was told of the secret of broadcasts: when it comes back, when the secret changes, and again, ever more
/// seldom, until it says that it holds it.
///
/// Not kept over a restart; then the device comes back too.
struct TokenTelling {
    /// How long until the secret is told again that could not be told, in milliseconds.
    static let pauseMilliseconds = OperationLedger.answerMilliseconds
    /// How long until a secret is told again that the device did not take: a minute, doubled up to an hour, in
    /// milliseconds.
    static func repeatMilliseconds(_ tellings: Int) -> Int64 { min(3_600_000, 60_000 << Int64(min(tellings - 1, 6))) }

    private var told: EmergencyToken?
    private var toldAt = Uptime(milliseconds: 0)
    /// How often the same secret was told since the device came back.
    private var tellings = 0
    private var pausedUntil = Uptime(milliseconds: 0)

    /// When a secret may be told to a device that came back then and does not hold it.
    func mayTell(_ token: EmergencyToken, since returnedAt: Uptime) -> Uptime {
        guard told == token, toldAt >= returnedAt else { return pausedUntil }
        return max(pausedUntil, toldAt.advanced(byMilliseconds: Self.repeatMilliseconds(tellings)))
    }

    /// The device is being told a secret.
    mutating func note(_ token: EmergencyToken, since returnedAt: Uptime, at moment: Moment) {
        tellings = told == token && toldAt >= returnedAt ? tellings + 1 : 1
        told = token
        toldAt = moment.uptime
    }

    /// The secret could not be told now.
    mutating func postpone(at moment: Moment) {
        told = nil
        pausedUntil = moment.uptime.advanced(byMilliseconds: Self.pauseMilliseconds)
    }
}

extension DeviceTwin {
    /// Tells the device the secret of broadcasts when it takes part and was not told since it came back.
    func adoptBroadcastToken(_ surroundings: Surroundings, at moment: Moment) -> Decision {
        guard tokenDeadline(surroundings) != nil, let token = surroundings.broadcastToken,
            let returnedAt = state.returnedAt?.uptime
        else { return Decision() }
        let operation = TwinCore.Operation(
            id: CommandID("t-\(revision + 1)"), kind: .setEmergencyToken(token, .broadcast), issuedBy: "doppel",
            issuedAt: moment.time)
        switch operate(operation, surroundings, at: moment) {
        case .success(let decision):
            tokenTelling.note(token, since: returnedAt, at: moment)
            return decision
        case .failure:
            // Another change of the secret is not answered yet, or too much is under way.
            tokenTelling.postpone(at: moment)
            return Decision()
        }
    }

    /// Tells the secret of broadcasts when the time for it has come.
    func tellBroadcastToken(_ surroundings: Surroundings, at moment: Moment) -> Decision {
        guard let deadline = tokenDeadline(surroundings), moment.uptime >= deadline else { return Decision() }
        return adoptBroadcastToken(surroundings, at: moment)
    }

    /// When the device is to be told the secret of broadcasts; `nil` when it holds it or cannot be told.
    func tokenDeadline(_ surroundings: Surroundings) -> Uptime? {
        guard let token = surroundings.broadcastToken, surroundings.isBrokerConnected,
            surroundings.isJournalTakingFacts, state.status == .online, state.tokens.broadcast.confirmed != token,
            let returnedAt = state.returnedAt?.uptime
        else { return nil }
        return max(
            returnedAt.advanced(byMilliseconds: DeviceState.settleMilliseconds),
            tokenTelling.mayTell(token, since: returnedAt))
    }
}
