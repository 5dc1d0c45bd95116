import Testing
import TwinCore

/// Every path may de-energise, always, in every state.
@Suite struct DeenergisingTests {
    struct Surroundings: Sendable, CustomTestStringConvertible {
        let circumstances: Gate.Circumstances
        var testDescription: String {
            "\(circumstances.deviceStatus.rawValue), latched \(circumstances.isLatched), "
                + "journal \(circumstances.isJournalTakingFacts), broker \(circumstances.isBrokerConnected)"
        }

        static let all: [Surroundings] = DeviceStatus.allCases.flatMap { status in
            (0..<8).map { bits in
                Surroundings(
                    circumstances: Gate.Circumstances(
                        deviceStatus: status, isLatched: bits & 1 != 0, isJournalTakingFacts: bits & 2 != 0,
                        isBrokerConnected: bits & 4 != 0))
            }
        }
    }

    @Test(arguments: Surroundings.all)
    func `an OFF passes in every state`(_ surroundings: Surroundings) {
        for begin in Self.beginnings {
            var output = begin.output
            output.context.circumstances = surroundings.circumstances
            let lines = output.order("off", .off, at: 40)
            #expect(lines.suffix(2) == ["off accepted OFF", "-> OFF by user:mara"], "\(begin.name)")
            #expect(output.state.lease == nil, "\(begin.name)")
            #expect(output.state.requested?.drive == .off, "\(begin.name)")
        }
    }

    @Test(arguments: Surroundings.all)
    func `an emergency stop sends OFF in every state`(_ surroundings: Surroundings) {
        for begin in Self.beginnings {
            var output = begin.output
            output.context.circumstances = surroundings.circumstances
            let lines = output.stop(at: 40)
            #expect(lines.suffix(2) == ["off ordered: inc-1", "-> OFF by doppel:emergency_stop"], "\(begin.name)")
            #expect(output.state.lease == nil && output.state.pending == nil, "\(begin.name)")
        }
    }

    @Test(arguments: Surroundings.all)
    func `a lease that ends is followed by OFF in every state`(_ surroundings: Surroundings) {
        var output = Output.running
        output.context.circumstances = surroundings.circumstances
        #expect(
            output.tick(at: 60_000) == [
                "lease expired", "off ordered: lease expired", "-> OFF by doppel:safe_state",
            ])
    }

    private static let beginnings: [(name: String, output: Output)] = {
        var pending = Output()
        _ = pending.order("c-1", .on, seconds: 60)
        var drivenOff = Output.running
        _ = drivenOff.safeState(.shutdown, at: 35)
        var refused = Output()
        _ = refused.order("c-1", .on, seconds: 9_999)
        return [
            ("unknown", Output()), ("pending", pending), ("running", .running), ("driven off", drivenOff),
            ("refused", refused),
        ]
    }()

    @Test func `an OFF takes the place of an ON that is under way`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 10)
        #expect(
            output.order("c-2", .off, at: 20) == [
                "c-1 superseded by c-2", "lease switched_off", "c-2 accepted OFF", "-> OFF by user:mara",
            ])
        #expect(output.state.lastCommand?.state == .superseded)
        #expect(output.answer("c-1", true, at: 30) == ["answered yes"])
        #expect(output.state.pending?.record.order.id == CommandID("c-2"))
        #expect(output.state.pending?.isAnswered == false)
    }

    @Test func `an OFF is repeated as often as any command, and then driven on`() {
        var output = Output.running
        _ = output.order("c-2", .off, at: 100)
        _ = output.sent("c-2", at: 100)
        #expect(output.tick(at: 5_100) == ["c-2 retried 2", "-> OFF by user:mara"])
        #expect(output.tick(at: 10_100) == ["c-2 retried 3", "-> OFF by user:mara"])
        #expect(
            output.tick(at: 15_100) == [
                "c-2 failed: no answer to 3 attempts", "off ordered: c-2 failed", "-> OFF by doppel:safe_state",
            ])
        #expect(output.state.safeState != nil)
    }
}
