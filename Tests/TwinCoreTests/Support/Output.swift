import TwinCore

/// One output and its surroundings: each call is one line of a transcript, and answers what came of it.
struct Output {
    var state = ActuatorState(device: .greenhouse, gpio: .pin(26), type: "pump")
    /// When something last happened, in milliseconds of uptime.
    private var lastTime: Int64 = 0
    /// Which other outputs were to be closed with it.
    private(set) var closes: [ActuatorDecision.Closing] = []
    var context = ActuatorContext(address: .greenhouse, kind: .pump, circumstances: .favourable)

    /// Somebody asks for something.
    mutating func order(
        _ id: String, _ verb: CommandOrder.Verb, value: Double? = nil, seconds: Int? = nil,
        by name: String = "user:mara", renews: String? = nil, seen: UInt64? = nil, seconding: String? = nil,
        at time: Int64 = 0
    ) -> [String] {
        let order = CommandOrder(
            id: CommandID(id), verb: verb, value: value, durationSeconds: seconds, issuedBy: name,
            issuedAt: Moment.at(time).time, renews: renews.map { CommandID($0) }, seenRevision: seen,
            seconds: seconding.map { CommandID($0) })
        return take(state.decide(on: order, in: context, at: .at(time)), at: time)
    }

    /// The command was handed to the broker.
    mutating func sent(_ id: String, at time: Int64) -> [String] {
        let attempt = state.pending?.attempts ?? 0
        return take(ActuatorDecision(events: [.commandSent(CommandID(id), attempt: attempt)]), at: time)
    }

    /// The broker confirmed the command.
    mutating func acknowledged(_ id: String, at time: Int64) -> [String] {
        take(ActuatorDecision(events: [.commandAcknowledged(CommandID(id))]), at: time)
    }

    /// The device answers.
    mutating func answer(_ id: String?, _ isSuccess: Bool, at time: Int64) -> [String] {
        let response = ActuatorResponse(
            gpio: state.gpio, command: id.map { CommandID($0) }, isSuccess: isSuccess,
            message: isSuccess ? "executed" : "limit reached")
        return take(state.decide(on: response, in: context, at: .at(time)), at: time)
    }

    /// The device shows what the output does.
    mutating func show(_ word: ActuatorStatus.State, _ level: Int, at time: Int64) -> [String] {
        let status = ActuatorStatus(
            gpio: state.gpio, type: state.type, state: word, level: level, clock: DeviceClock(wire: 1_777_600_000))
        return take(state.decide(on: status, in: context, at: .at(time)), at: time)
    }

    /// The device raises an alert.
    mutating func alert(_ type: String, at time: Int64) -> [String] {
        let alert = ActuatorAlert(
            gpio: state.gpio, type: type, message: "", clock: DeviceClock(wire: 1_777_600_000))
        return take(state.decide(on: alert), at: time)
    }

    /// Only time has passed.
    mutating func tick(at time: Int64) -> [String] {
        take(state.decideOnTime(in: context, at: .at(time)), at: time)
    }

    /// Something happened around it.
    mutating func standing(at time: Int64) -> [String] {
        take(state.decideStanding(in: context, at: .at(time)), at: time)
    }

    /// Jo hangs a tag on it.
    mutating func lockOut(seconds: Int, at time: Int64) -> [String] {
        let tag = Lockout(name: "Jo", reason: "new seal", seconds: seconds, at: .at(time))
        return take(state.decideLockout(tag, in: context, at: .at(time)), at: time)
    }

    /// Jo takes the tag away.
    mutating func unlock(at time: Int64) -> [String] {
        take(state.decideLockoutRemoval(by: "Jo"), at: time)
    }

    /// An emergency stop.
    mutating func stop(at time: Int64) -> [String] {
        take(state.decideStop(.flood, in: context, at: .at(time)), at: time)
    }

    /// The runtime wants it off.
    mutating func safeState(_ cause: SafeStateCause, at time: Int64) -> [String] {
        take(state.decideSafeState(cause, in: context, at: .at(time)), at: time)
    }

    /// A new run found it so.
    mutating func restart(at time: Int64) -> [String] {
        take(state.decideRestart(in: context, at: .at(time)), at: time)
    }

    /// The device is back.
    mutating func returned(at time: Int64) -> [String] {
        take(state.decideReturn(in: context, at: .at(time)), at: time)
    }

    /// The command must not leave any more.
    mutating func abort(_ id: String, _ outcome: CommandOutcome, at time: Int64) -> [String] {
        take(state.decideAbort(CommandID(id), outcome, in: context, at: .at(time)), at: time)
    }

    /// When time alone next brings something, in milliseconds of uptime.
    var deadline: Int64? {
        state.nextDeadline(in: context, at: .at(lastTime))?.milliseconds
    }

    /// An output that was switched on, confirmed and leased: command `c-1`, for 60 s from 0 on.
    static var running: Output { running(Output().context) }

    /// The same in other surroundings.
    static func running(_ context: ActuatorContext) -> Output {
        var output = Output()
        output.context = context
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 10)
        _ = output.answer("c-1", true, at: 20)
        _ = output.show(.on, 255, at: 30)
        return output
    }

    private mutating func take(_ decision: ActuatorDecision, at time: Int64) -> [String] {
        lastTime = max(lastTime, time)
        closes += decision.closes
        for event in decision.events { state.apply(event, at: .at(time)) }
        return decision.events.map(\.words) + decision.requests.map(\.words)
    }
}
