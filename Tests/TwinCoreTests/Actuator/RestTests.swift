import Testing

@testable import TwinCore

/// An output that has to rest: the kind of these transcripts rests for 5 s.
@Suite struct RestTests {
    private static let pump = ActuatorKind(
        name: "pump", semantics: .digital,
        limits: ActuatorLimits(defaultLeaseSeconds: 60, maxOnSeconds: 600, minOffSeconds: 5))

    private static let context = ActuatorContext(
        address: DeviceAddress(kaiser: .god, device: DeviceID("ESP_7C19F2")!), kind: pump,
        circumstances: Gate.Circumstances(
            deviceStatus: .online, isLatched: false, isJournalTakingFacts: true, isBrokerConnected: true))

    private static func moment(_ milliseconds: Int64) -> Moment {
        Moment(
            time: UnixTime(milliseconds: 1_777_600_000_000 + milliseconds), uptime: Uptime(milliseconds: milliseconds))
    }

    private static func order(_ id: String, _ verb: CommandOrder.Verb, at milliseconds: Int64) -> CommandOrder {
        CommandOrder(
            id: CommandID(id), verb: verb, value: nil, durationSeconds: nil, issuedBy: "user:mara",
            issuedAt: moment(milliseconds).time)
    }

    private static func refusal(_ decision: ActuatorDecision) -> Gate.Limit? {
        for case .commandRefused(_, let limit, _) in decision.events { return limit }
        return nil
    }

    @Test func `an ON right behind an OFF is refused until the output was seen off and has rested`() throws {
        let gpio = try #require(GPIO(26))
        var state = ActuatorState(device: Self.context.address.device, gpio: gpio, type: "pump")
        func take(_ decision: ActuatorDecision, at milliseconds: Int64) {
            for event in decision.events { state.apply(event, at: Self.moment(milliseconds)) }
        }
        let clock = DeviceClock(wire: 1_777_600_000)
        func status(_ isOn: Bool) -> ActuatorStatus {
            ActuatorStatus(gpio: gpio, type: "pump", state: isOn ? .on : .off, level: isOn ? 255 : 0, clock: clock)
        }
        take(state.decide(on: Self.order("c-1", .on, at: 0), in: Self.context, at: Self.moment(0)), at: 0)
        take(state.decide(on: status(true), in: Self.context, at: Self.moment(10)), at: 10)
        take(state.decide(on: Self.order("c-2", .off, at: 100), in: Self.context, at: Self.moment(100)), at: 100)

        let early = state.decide(on: Self.order("c-3", .on, at: 110), in: Self.context, at: Self.moment(110))
        #expect(Self.refusal(early) == .safeState)

        take(ActuatorDecision(events: [.commandSent(CommandID("c-2"), attempt: 1)]), at: 120)
        take(state.decide(on: status(false), in: Self.context, at: Self.moment(200)), at: 200)
        take(ActuatorDecision(events: [.commandFinished(CommandID("c-2"), .confirmed)]), at: 210)
        let resting = state.decide(on: Self.order("c-4", .on, at: 5_199), in: Self.context, at: Self.moment(5_199))
        #expect(Self.refusal(resting) == .minOffTime)
        let rested = state.decide(on: Self.order("c-5", .on, at: 5_200), in: Self.context, at: Self.moment(5_200))
        #expect(Self.refusal(rested) == nil)
        #expect(rested.requests.count == 1)
    }

    @Test func `an output that was let on and never shown on rests from when it is seen off`() throws {
        let gpio = try #require(GPIO(26))
        var state = ActuatorState(device: Self.context.address.device, gpio: gpio, type: "pump")
        let off = ActuatorStatus(
            gpio: gpio, type: "pump", state: .off, level: 0, clock: DeviceClock(wire: 1_777_600_000))
        state.apply(.reported(off), at: Self.moment(0))
        for event in state.decide(on: Self.order("c-1", .on, at: 1_000), in: Self.context, at: Self.moment(1_000))
            .events
        {
            state.apply(event, at: Self.moment(1_000))
        }
        // Every answer and every status was lost; the device ended it by itself.
        state.apply(.commandFinished(CommandID("c-1"), .failed("no answer")), at: Self.moment(8_000))
        state.apply(.leaseEnded(.expired), at: Self.moment(8_000))
        state.apply(.reported(off), at: Self.moment(9_000))
        #expect(
            Self.refusal(
                state.decide(on: Self.order("c-2", .on, at: 13_999), in: Self.context, at: Self.moment(13_999)))
                == .minOffTime)
        #expect(
            Self.refusal(
                state.decide(on: Self.order("c-3", .on, at: 14_000), in: Self.context, at: Self.moment(14_000))) == nil)
    }
}
