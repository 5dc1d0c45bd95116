import Testing
import TwinCore

/// De-energising passes always and everywhere: each state in which an OFF might be refused.
@Suite struct OffMatrixTests {
    @Test(arguments: DeviceStatus.allCases)
    func `whatever stands in the way of an ON, an OFF is accepted and leaves at once`(_ status: DeviceStatus) {
        var tried = 0
        for kind in Self.kinds {
            for (name, output) in Self.beginnings(kind) {
                for circumstances in Self.circumstances(status) {
                    var output = output
                    output.context.circumstances = circumstances
                    for order in Self.offs where order.verb != .toggle || output.state.confirmed?.isOn == true {
                        tried += 1
                        if let fault = Self.fault(of: order, output) {
                            Issue.record("\(kind.name), \(name), \(circumstances), \(order): \(fault)")
                            return
                        }
                    }
                }
            }
        }
        #expect(tried > 10_000)
    }

    /// What is wrong with the answer to an OFF; `nil` when nothing is.
    private static func fault(of order: CommandOrder, _ output: Output) -> String? {
        let decision = output.state.decide(on: order, in: output.context, at: .at(60_001))
        var accepted = 0
        for event in decision.events {
            if case .commandAccepted(let taken, .off, leaseSeconds: nil, _) = event, taken.id == order.id {
                accepted += 1
            }
            if case .commandRefused(_, let limit, _) = event { return "refused by \(limit.rawValue)" }
        }
        guard accepted == 1 else { return "accepted \(accepted) times" }
        guard decision.requests.count == 1, let request = decision.requests.first, case .command(let off) = request
        else { return "requests \(decision.requests)" }
        guard off.drive == .off, off.id == order.id, off.address == output.context.address,
            off.gpio == output.state.gpio
        else { return "another command: \(off)" }
        guard request.leavesAtOnce else { return "it waits" }
        guard off.expiresAt == nil, off.timeToLiveMilliseconds == nil, off.durationSeconds == 0 else {
            return "it expires"
        }
        var next = output.state
        for event in decision.events { next.apply(event, at: .at(60_001)) }
        guard next.lease == nil, next.pending?.drive == .off, next.requested?.drive == .off, next.driven == nil else {
            return "something still allows it to be on"
        }
        return nil
    }

    /// Every order that means OFF, whatever else it says.
    private static let offs: [CommandOrder] = {
        let words: [(CommandOrder.Verb, Double?)] = [
            (.off, nil), (.off, 1), (.off, .nan), (.on, 0), (.on, -0.0), (.pwm, 0), (.toggle, nil), (.toggle, 0.5),
        ]
        return words.flatMap { verb, value in
            [(nil, -5), ("c-1", Int.max)].map {
                (renews: String?, seconds: Int?) in
                CommandOrder(
                    id: CommandID("off"), verb: verb, value: value, durationSeconds: seconds, issuedBy: "user:jo",
                    issuedAt: Moment.at(60_001).time, renews: renews.map { CommandID($0) }, seenRevision: 99,
                    seconds: CommandID("c-7"), idempotencyKey: "key")
            }
        }
    }()

    private static func circumstances(_ status: DeviceStatus) -> [Gate.Circumstances] {
        (0..<64).map { bits in
            var found = Gate.Circumstances(
                deviceStatus: status, isLatched: bits & 1 != 0, isJournalTakingFacts: bits & 2 != 0,
                isBrokerConnected: bits & 4 != 0, fencedBy: bits & 8 != 0 ? "epoch 7" : nil,
                quarantine: bits & 16 != 0 ? "it fails" : nil)
            if bits & 32 != 0 {
                found.neighbourhood.interlocks = [Interlock(name: "a", rule: .requires, members: [.own, .other])]
                found.neighbourhood.budgets = [Budget(name: "b", members: [.own], atOnce: 0, watts: 0)]
                found.neighbourhood.readings[.level] = [.level(99, .error)]
            }
            return found
        }
    }

    /// Kinds without limits, with every limit, and of every hazard.
    private static let kinds: [ActuatorKind] =
        [ActuatorKind.Semantics.digital, .pwm].map { semantics in
            var kind = ActuatorKind.plain
            kind.semantics = semantics
            return kind
        }
        + HazardClass.allCases.map { hazard in
            ActuatorKind(
                name: "bounded", semantics: .pwm,
                limits: ActuatorLimits(
                    levels: 0.2...0.8, slewPerSecond: 0.001, resolution: 0.1, defaultLeaseSeconds: 1, maxOnSeconds: 1,
                    minOnSeconds: 1, minOffSeconds: 3_600, startsPerHour: 1,
                    coolDown: CoolDown(runSeconds: 1, restSeconds: 3_600),
                    guards: [SensorGuard(sensor: .level, range: 0...1, maxAgeSeconds: 1)], hazard: hazard))
        }

    /// Every state that an output may be in, of a kind.
    private static func beginnings(_ kind: ActuatorKind) -> [(name: String, output: Output)] {
        let unknown = Output()
        var shownOff = Output()
        _ = shownOff.show(.off, 0, at: 0)
        var shownOn = Output()
        _ = shownOn.show(.on, 255, at: 0)
        var pending = Output()
        _ = pending.order("c-1", .on, seconds: 60)
        var sent = pending
        _ = sent.sent("c-1", at: 10)
        var drivenOff = Output.running
        _ = drivenOff.safeState(.shutdown, at: 35)
        var stopped = Output.running
        _ = stopped.stop(at: 35)
        var switchedOff = Output.running
        _ = switchedOff.order("c-2", .off, at: 40)
        var lockedOut = Output.running
        _ = lockedOut.lockOut(seconds: 100, at: 35)
        var refused = Output()
        _ = refused.order("c-1", .on, seconds: 9_999)
        var forgotten = Output.running
        forgotten.state.apply(.confirmationForgotten, at: .at(50))
        var restarted = Output.running
        restarted.state.beginRun(at: .at(50))
        var faulty = Output.running
        _ = faulty.show(.error, 0, at: 50)
        let all: [(String, Output)] = [
            ("unknown", unknown), ("shown off", shownOff), ("shown on", shownOn), ("pending", pending), ("sent", sent),
            ("running", .running), ("driven off", drivenOff), ("stopped", stopped), ("switched off", switchedOff),
            ("locked out", lockedOut), ("refused", refused), ("forgotten", forgotten), ("restarted", restarted),
            ("faulty", faulty),
        ]
        return all.map { name, output in
            var output = output
            output.context.kind = kind
            return (name, output)
        }
    }
}
