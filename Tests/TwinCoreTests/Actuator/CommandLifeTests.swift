import Testing
import TwinCore

@Suite struct CommandLifeTests {
    @Test func `a command lives through all of its steps`() {
        var output = Output()
        #expect(
            output.order("c-1", .on, seconds: 60, at: 0) == [
                "c-1 accepted ON 1.0 for 60 s", "-> ON 1.0 for 60 s",
            ])
        #expect(output.state.pending?.record.state == .accepted)
        #expect(output.sent("c-1", at: 10) == ["c-1 sent 1"])
        #expect(output.state.pending?.record.state == .sent)
        #expect(output.acknowledged("c-1", at: 15) == ["c-1 acknowledged"])
        #expect(output.state.pending?.record.state == .acknowledged)
        #expect(output.answer("c-1", true, at: 20) == ["answered yes"])
        #expect(output.state.pending?.record.state == .answered)
        #expect(output.show(.on, 255, at: 30) == ["shown on 255", "c-1 confirmed"])
        #expect(output.state.pending == nil)
        #expect(output.state.lastCommand?.state == .confirmed)
        #expect(
            output.state.lastCommand?.evidence.map(\.step) == [
                "accepted", "sent", "acknowledged", "answered", "shown", "confirmed",
            ])
        #expect(
            output.state.lastCommand?.evidence.map(\.at) == [0, 10, 15, 20, 30, 30].map { Moment.at($0).time })
        #expect(output.state.lease?.endsAt == Uptime(milliseconds: 60_000))
        #expect(output.state.confirmed?.isOn == true)
    }

    @Test func `a status may come before the answer`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 10)
        #expect(output.show(.on, 255, at: 20) == ["shown on 255"])
        #expect(output.state.pending?.isShown == true)
        #expect(output.answer("c-1", true, at: 30) == ["answered yes", "c-1 confirmed"])
        #expect(output.state.lastCommand?.state == .confirmed)
    }

    @Test func `a status without an answer confirms once the time for answers is up`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 10)
        _ = output.show(.on, 255, at: 20)
        #expect(output.tick(at: 5_009) == [])
        #expect(output.tick(at: 5_010) == ["c-1 confirmed"])
        #expect(output.state.lease != nil)
    }

    @Test func `a status from before the sending proves nothing`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.show(.on, 255, at: 5)
        #expect(output.state.pending?.isShown == false)
        _ = output.sent("c-1", at: 10)
        #expect(output.answer("c-1", true, at: 20) == ["answered yes"])
        #expect(output.state.pending != nil)
    }

    @Test func `a status that contradicts an earlier one takes the proof back`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 10)
        _ = output.show(.on, 255, at: 20)
        #expect(output.show(.off, 0, at: 25) == ["shown off 0"])
        #expect(output.answer("c-1", true, at: 30) == ["answered yes"])
        #expect(output.state.pending != nil)
    }

    @Test func `a response to another command changes nothing but what was last said`() {
        var output = Output()
        _ = output.order("c-2", .on, seconds: 60)
        _ = output.sent("c-2", at: 10)
        #expect(output.answer("c-1", false, at: 20) == ["answered no"])
        #expect(output.state.pending?.isAnswered == false)
        #expect(output.state.pending?.record.state == .sent)
        #expect(output.state.lastResponse?.command == CommandID("c-1"))
    }

    @Test func `a response without an id answers whatever is under way`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.sent("c-1", at: 10)
        _ = output.show(.on, 255, at: 15)
        #expect(output.answer(nil, true, at: 20) == ["answered yes", "c-1 confirmed"])
    }

    @Test func `a response while nothing is under way is only noted`() {
        var output = Output()
        #expect(output.answer("c-9", false, at: 20) == ["answered no"])
        #expect(output.state.lastCommand == nil)
        #expect(output.state.safeState == nil)
    }

    @Test func `progress of a command that is over is not taken for the one under way`() {
        var output = Output()
        _ = output.order("c-1", .on, seconds: 60)
        _ = output.order("c-2", .on, seconds: 60, at: 10)
        _ = output.acknowledged("c-1", at: 20)
        _ = output.sent("c-1", at: 20)
        #expect(output.state.pending?.record.state == .accepted)
        #expect(output.state.pending?.lastSentAt == nil)
    }

    @Test func `a later command takes the place of an earlier one and renews the lease`() {
        var output = Output.running
        #expect(
            output.order("c-2", .on, seconds: 90, at: 30_000) == [
                "lease renewed", "c-2 accepted ON 1.0 for 90 s", "-> ON 1.0 for 90 s",
            ])
        #expect(output.state.lease?.endsAt == Uptime(milliseconds: 120_000))
        #expect(
            output.order("c-3", .on, seconds: 10, at: 31_000) == [
                "c-2 superseded by c-3", "lease renewed", "c-3 accepted ON 1.0 for 10 s", "-> ON 1.0 for 10 s",
            ])
        #expect(output.state.lastCommand?.state == .superseded)
        #expect(output.state.lease?.command == CommandID("c-3"))
    }

    @Test func `evidence is bounded and the latest piece is kept`() {
        var record = CommandRecord(
            device: .greenhouse, gpio: .pin(26),
            order: CommandOrder(
                id: CommandID("c-1"), verb: .on, value: nil, durationSeconds: nil, issuedBy: "", issuedAt: .beginning),
            state: .sent, refusedBy: nil, evaluations: [], leaseSeconds: 1)
        for number in 1...100 { record.note("step \(number)", at: .beginning, "") }
        #expect(record.evidence.count == CommandRecord.maximumEvidence)
        #expect(record.evidence.last?.step == "step 100")
        #expect(record.evidence.first?.step == "step 1")
    }
}
