import Testing

@testable import TwinCore

/// An output that may be started twice within an hour, and statuses that overtake commands.
@Suite struct DoubtfulStartTests {
    private static let gpio = GPIO(26)!
    private static let context = ActuatorContext(
        address: DeviceAddress(kaiser: .god, device: DeviceID("ESP_7C19F2")!),
        kind: ActuatorKind(
            name: "pump", semantics: .digital,
            limits: ActuatorLimits(defaultLeaseSeconds: 60, maxOnSeconds: 600, minOffSeconds: 0, startsPerHour: 2)),
        circumstances: Gate.Circumstances(
            deviceStatus: .online, isLatched: false, isJournalTakingFacts: true, isBrokerConnected: true))
    private var state = ActuatorState(device: Self.context.address.device, gpio: Self.gpio, type: "pump")

    private mutating func on(_ id: String, at milliseconds: Int64) -> Gate.Limit? {
        let moment = Moment.at(milliseconds)
        let order = CommandOrder(
            id: CommandID(id), verb: .on, value: nil, durationSeconds: nil, issuedBy: "user:mara",
            issuedAt: moment.time)
        let decision = state.decide(on: order, in: Self.context, at: moment)
        for event in decision.events { state.apply(event, at: moment) }
        state.apply(.commandSent(CommandID(id), attempt: 1), at: moment)
        for case .commandRefused(_, let limit, _) in decision.events { return limit }
        return nil
    }

    private mutating func shown(_ isOn: Bool, at milliseconds: Int64) {
        let status = ActuatorStatus(
            gpio: Self.gpio, type: "pump", state: isOn ? .on : .off, level: isOn ? 255 : 0,
            clock: DeviceClock(wire: 1_777_600_000))
        state.apply(.reported(status), at: Moment.at(milliseconds))
    }

    @Test mutating func `an output that was shown off behind a command and is commanded on again has started twice`() {
        #expect(on("c-1", at: 0) == nil)
        // From before the command took effect, or did it go on and off again? Nobody can tell.
        shown(false, at: 500)
        #expect(on("c-2", at: 1_000) == nil)
        shown(false, at: 1_500)
        #expect(on("c-3", at: 2_000) == .startsPerHour)
        #expect(state.duty.onSince == Uptime(milliseconds: 0), "for its longest on-time it counts as on all the while")
        #expect(state.duty.starts(withinMilliseconds: 3_600_000, at: Uptime(milliseconds: 2_000)) == 2)
    }

    @Test mutating func `an output that was not shown off since it started is not started again`() {
        shown(false, at: 0)
        #expect(on("c-1", at: 100) == nil)
        #expect(on("c-2", at: 200) == nil)
        shown(true, at: 300)
        #expect(on("c-3", at: 400) == nil)
        #expect(on("c-4", at: 500) == nil)
        #expect(state.duty.starts(withinMilliseconds: 3_600_000, at: Uptime(milliseconds: 500)) == 1)
    }

    @Test mutating func `a doubtful start is forgotten after an hour, also when the runtime was restarted meanwhile`() {
        #expect(on("c-1", at: 0) == nil)
        shown(false, at: 500)
        #expect(on("c-2", at: 1_000) == nil)
        state.beginRun(at: Moment(time: Moment.at(600_000).time, uptime: Uptime(milliseconds: 0)))
        func starts(at milliseconds: Int64) -> Int {
            state.duty.starts(withinMilliseconds: 3_600_000, at: Uptime(milliseconds: milliseconds))
        }
        #expect(starts(at: 2_999_999) == 2)
        #expect(starts(at: 3_000_000) == 1)
        #expect(starts(at: 3_001_000) == 0)
    }
}
