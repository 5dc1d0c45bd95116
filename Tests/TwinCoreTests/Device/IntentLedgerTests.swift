import Testing
import TwinCore

@Suite struct IntentLedgerTests {
    private func outcome(_ intent: String, _ word: IntentOutcome.Word, code: String = "") -> DeviceMessage {
        .intent(
            IntentOutcome(
                intent: intent, flow: "command", outcome: word, code: code, reason: "", isRetryable: false,
                isRecovered: false, clock: DeviceClock(wire: 1_777_600_000)))
    }

    @Test func `an intent comes as far as its first final outcome`() throws {
        var device = Device.online
        #expect(device.hear(outcome("c-1", .accepted), at: 1) == ["c-1 accepted"])
        _ = device.hear(outcome("c-1", .applied), at: 2)
        #expect(device.state.intents.entries[0].outcome?.outcome == .applied)
        _ = device.hear(outcome("c-1", .persisted), at: 3)
        _ = device.hear(outcome("c-1", .failed, code: "EXECUTE_FAIL"), at: 4)
        let entry = try #require(device.state.intents.entries.first)
        #expect(entry.outcome?.outcome == .persisted)
        #expect(entry.lateOutcomes == 1)
        #expect(entry.lastAt == Moment.at(4).time)
    }

    @Test func `a replayed earlier word does not lead back`() {
        var device = Device.online
        _ = device.hear(outcome("c-1", .applied), at: 1)
        _ = device.hear(outcome("c-1", .accepted), at: 2)
        #expect(device.state.intents.entries[0].outcome?.outcome == .applied)
        #expect(device.state.intents.entries[0].lateOutcomes == 1)
    }

    @Test(arguments: [IntentOutcome.Word.rejected, .persisted, .failed, .expired])
    func `each final outcome stays`(_ word: IntentOutcome.Word) {
        var device = Device.online
        _ = device.hear(outcome("c-1", word), at: 1)
        for later in IntentOutcome.Word.allCases { _ = device.hear(outcome("c-1", later), at: 2) }
        #expect(device.state.intents.entries[0].outcome?.outcome == word)
        #expect(device.state.intents.entries[0].lateOutcomes == IntentOutcome.Word.allCases.count)
    }

    @Test func `the intent that was spoken of longest ago is forgotten`() {
        var device = Device.online
        for number in 0..<IntentLedger.maximumIntents { _ = device.hear(outcome("c-\(number)", .accepted), at: 1) }
        _ = device.hear(outcome("c-0", .applied), at: 2)
        _ = device.hear(outcome("new", .accepted), at: 3)
        let intents = device.state.intents.entries.map(\.intent)
        #expect(intents.count == IntentLedger.maximumIntents)
        #expect(!intents.contains("c-1"))
        #expect(intents.suffix(2) == ["c-0", "new"])
    }

    @Test func `stages and the wait for a configuration are kept`() {
        var device = Device.online
        let stage = IntentStage(intent: "c-1", flow: "command", stage: "queued", code: "NONE")
        #expect(device.hear(.intentLifecycle(.stage(stage)), at: 1) == ["lifecycle"])
        #expect(device.state.intents.entries[0].stage == stage)
        #expect(device.state.intents.entries[0].outcome == nil)
        let pending = ConfigurationPending(isPending: true, isExitBlocked: false, reason: "RESET")
        _ = device.hear(.intentLifecycle(.configurationPending(pending)), at: 2)
        #expect(device.state.intents.configurationPending == Received(pending, at: Moment.at(2).time))
        #expect(device.state.intents.entries.count == 1)
    }
}
