import TwinCore

/// What a device was told of the secret of broadcasts: once each time it comes back, and whenever the secret changes.
///
/// Not kept over a restart; then the device comes back too.
struct TokenTelling {
    /// How long until the secret is told again that could not be told, in milliseconds.
    static let pauseMilliseconds = OperationLedger.answerMilliseconds

    private var told: EmergencyToken?
    private var toldAt = Uptime(milliseconds: 0)
    private(set) var pausedUntil = Uptime(milliseconds: 0)

    /// Whether the device was told a secret since it came back.
    func isTold(_ token: EmergencyToken, since returnedAt: Uptime) -> Bool { told == token && toldAt >= returnedAt }

    /// The device is being told a secret.
    mutating func note(_ token: EmergencyToken, at moment: Moment) {
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
        guard tokenDeadline(surroundings) != nil, let token = surroundings.broadcastToken else { return Decision() }
        let operation = TwinCore.Operation(
            id: CommandID("t-\(revision + 1)"), kind: .setEmergencyToken(token, .broadcast), issuedBy: "doppel",
            issuedAt: moment.time)
        switch operate(operation, surroundings, at: moment) {
        case .success(let decision):
            tokenTelling.note(token, at: moment)
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

    /// When the device is to be told the secret of broadcasts; `nil` when it holds it, was told it, or cannot be told.
    func tokenDeadline(_ surroundings: Surroundings) -> Uptime? {
        guard let token = surroundings.broadcastToken, surroundings.isBrokerConnected,
            surroundings.isJournalTakingFacts, state.status == .online, state.tokens.broadcast.confirmed != token,
            let returnedAt = state.returnedAt?.uptime, !tokenTelling.isTold(token, since: returnedAt)
        else { return nil }
        return max(
            returnedAt.advanced(byMilliseconds: DeviceState.settleMilliseconds), tokenTelling.pausedUntil)
    }
}
