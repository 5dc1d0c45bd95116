import Testing
import TwinCore

@Suite struct GateTests {
    private static func order(_ drive: Drive = .on(level: 1), seconds: Int? = 60) -> Gate.Order {
        Gate.Order(
            id: CommandID("c-1"), drive: drive, durationSeconds: seconds, issuedBy: "user:mara",
            timeToLiveMilliseconds: 5_000)
    }

    private static func subject(lastOff: Int64? = nil, isBeingDrivenOff: Bool = false) -> Gate.Subject {
        var subject = Gate.Subject(address: .greenhouse, gpio: .pin(26), kind: .pump)
        if let lastOff { subject.duty = Duty.off(at: lastOff) }
        subject.isBeingDrivenOff = isBeingDrivenOff
        return subject
    }

    private struct Case: CustomTestStringConvertible, Sendable {
        let limit: Gate.Limit
        var order = GateTests.order()
        var subject = GateTests.subject()
        var circumstances = Gate.Circumstances.favourable
        var testDescription: String { limit.rawValue }
    }

    private static let oneBrokenEach: [Case] = [
        Case(limit: .latch, circumstances: .favourable.with { $0.isLatched = true }),
        Case(limit: .online, circumstances: .favourable.with { $0.deviceStatus = .offline }),
        Case(limit: .online, circumstances: .favourable.with { $0.deviceStatus = .approved }),
        Case(limit: .journal, circumstances: .favourable.with { $0.isJournalTakingFacts = false }),
        Case(limit: .broker, circumstances: .favourable.with { $0.isBrokerConnected = false }),
        Case(limit: .range, order: order(.on(level: 1.01))),
        Case(limit: .range, order: order(.on(level: -0.1))),
        Case(limit: .range, order: order(.pwm(level: .nan))),
        Case(limit: .range, order: order(.pwm(level: .infinity))),
        Case(limit: .maxOnTime, order: order(seconds: 3_601)),
        Case(limit: .maxOnTime, order: order(seconds: 0)),
        Case(limit: .maxOnTime, order: order(seconds: -5)),
        Case(limit: .maxOnTime, order: order(seconds: .max)),
        Case(limit: .maxOnTime, order: order(seconds: .min)),
        Case(limit: .minOffTime, subject: subject(lastOff: 8_500)),
        Case(limit: .safeState, subject: subject(isBeingDrivenOff: true)),
    ]

    @Test(arguments: oneBrokenEach)
    private func `a single broken limit refuses under its own name`(_ example: Case) throws {
        let verdict = Gate.energise(example.order, example.subject, example.circumstances, at: .at(10_000))
        guard case .refused(let broken, let evaluations) = verdict else {
            Issue.record("\(example.limit.rawValue) let it pass")
            return
        }
        #expect(broken.limit == example.limit)
        #expect(evaluations.filter { !$0.isKept }.map(\.limit) == [example.limit])
    }

    @Test(arguments: [DeviceStatus.pendingApproval, .rejected])
    func `a device that is not approved is neither approved nor online`(_ status: DeviceStatus) {
        let verdict = Gate.energise(
            Self.order(), Self.subject(), .favourable.with { $0.deviceStatus = status }, at: .at(0))
        guard case .refused(let broken, let evaluations) = verdict else {
            Issue.record("a \(status.rawValue) device was energised")
            return
        }
        #expect(broken.limit == .approved)
        #expect(evaluations.filter { !$0.isKept }.map(\.limit) == [.approved, .online])
    }

    @Test func `every limit that the gate judges is written down even when all are kept`() {
        guard
            case .cleared(let command, let evaluations) = Gate.energise(
                Self.order(), Self.subject(lastOff: 8_000), .favourable, at: .at(10_000))
        else {
            Issue.record("refused")
            return
        }
        #expect(
            evaluations.map(\.limit) == [
                .latch, .epoch, .quarantine, .approved, .online, .journal, .broker, .range, .maxOnTime, .minOffTime,
                .safeState,
            ])
        #expect(evaluations.allSatisfy { $0.isKept })
        #expect(command.durationSeconds == 60)
        #expect(command.expiresAt == Uptime(milliseconds: 15_000))
        #expect(command.timeToLiveMilliseconds == 5_000)
        #expect(command.energises)
    }

    @Test(arguments: [(lastOff: 10_000, retry: 2_000), (lastOff: 9_000, retry: 1_000), (lastOff: 8_001, retry: 1)])
    func `an output that has not rested says when to ask again`(_ example: (lastOff: Int64, retry: Int64)) {
        guard
            case .refused(let broken, _) = Gate.energise(
                Self.order(), Self.subject(lastOff: example.lastOff), .favourable, at: .at(10_000))
        else {
            Issue.record("it had not rested")
            return
        }
        #expect(broken.limit == .minOffTime)
        #expect(broken.retryAfterMilliseconds == example.retry)
    }

    @Test func `only the rest knows when to ask again`() {
        guard
            case .refused(_, let evaluations) = Gate.energise(
                Self.order(seconds: 4_000), Self.subject(), .favourable.with { $0.isLatched = true }, at: .at(0))
        else {
            Issue.record("let pass")
            return
        }
        #expect(evaluations.allSatisfy { $0.retryAfterMilliseconds == nil })
    }

    @Test func `an order without a duration gets the default lease of its kind`() {
        guard
            case .cleared(let command, _) = Gate.energise(
                Self.order(seconds: nil), Self.subject(), .favourable, at: .at(0))
        else {
            Issue.record("refused")
            return
        }
        #expect(command.durationSeconds == ActuatorKind.pump.limits.defaultLeaseSeconds)
    }

    @Test(arguments: [1, 3_600]) func `the shortest and the longest lease pass`(_ seconds: Int) {
        guard
            case .cleared(let command, _) = Gate.energise(
                Self.order(seconds: seconds), Self.subject(), .favourable, at: .at(0))
        else {
            Issue.record("refused")
            return
        }
        #expect(command.durationSeconds == seconds)
    }

    @Test func `a de-energising command has no duration and never expires`() {
        let off = Gate.deenergise(
            .pin(26), at: .greenhouse, id: CommandID("c-1"), issuedBy: "user:mara", issuedAt: .beginning)
        #expect(!off.energises)
        #expect(off.durationSeconds == 0)
        #expect(off.expiresAt == nil)
        #expect(Request.command(off).leavesAtOnce)
    }

    @Test func `an unknown kind of output gets short leases`() {
        let kind = Catalogue(sensorKinds: [], actuatorKinds: [.pump]).actuatorKind("laser")
        #expect(kind.limits.defaultLeaseSeconds == 60)
        #expect(kind.limits.maxOnSeconds == 600)
    }
}

extension Duty {
    /// An output that was seen to go off at a time.
    static func off(at milliseconds: Int64) -> Self {
        var state = ActuatorState(device: .greenhouse, gpio: .pin(26), type: "pump")
        let order = CommandOrder(
            id: CommandID("c-0"), verb: .on, value: nil, durationSeconds: 1, issuedBy: "user:mara", issuedAt: .beginning
        )
        state.apply(.commandAccepted(order, .on(level: 1), leaseSeconds: 1, []), at: .at(0))
        state.apply(.commandFinished(order.id, .confirmed), at: .at(0))
        let status = ActuatorStatus(
            gpio: .pin(26), type: "pump", state: .off, level: 0, clock: DeviceClock(wire: 1_777_600_000))
        state.apply(.reported(status), at: .at(milliseconds))
        return state.duty
    }
}
