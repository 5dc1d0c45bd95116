import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// A twin that breaks the rules of its own decisions is not believed, and soon takes no part any more.
@Suite struct QuarantineTests {
    /// A run on a disk whose facts leave the first device's pump leased and driven off at once, which no decision does.
    private func planted() throws -> Stage {
        let before = try Stage.greenhouse()
        before.run(seconds: 3_000)
        let disk = before.journal.disk
        before.loop.kill()
        var batch = Batch(firstSequence: disk.lastSequence + 1)
        batch.facts = [
            Fact(
                device: .first, moment: before.loop.moment,
                event: .actuator(.pin(26), .safeStateOrdered(.leaseExpired)))
        ]
        _ = disk.write(batch)
        let stage = try Stage.started(on: disk, seed: 7)
        stage.beat(.second)
        stage.show(.second, 26, .off)
        stage.broker.forget()
        return stage
    }

    @Test func `three failures within a minute quarantine the twin and switch its outputs off`() throws {
        let stage = try planted()
        #expect(stage.twin()?.device.quarantine == nil)
        for _ in 0..<3 { stage.show(.first, 26, .on) }
        #expect(stage.twin()?.device.quarantine?.message.contains("26") == true)
        #expect(stage.left().contains("ESP_7C19F2/26 OFF"))
        #expect(stage.output()?.lease == nil)
        #expect(stage.output()?.safeState?.cause == .quarantined)
        #expect(stage.alarms(.quarantined) == 1)
        let letters = stage.deadLetters.filter { $0.refusal.reason == .twinFailed }
        #expect(!letters.isEmpty)
        #expect(letters.allSatisfy { $0.refusal.detail.contains("ESP_7C19F2/26") })
        stage.beat(.first)
        stage.show(.first, 26, .off)
        #expect(try stage.refusal() == .quarantine)
        #expect(try stage.refusal(.second) == nil)
        #expect(stage.twin(.second)?.device.quarantine == nil)
    }

    @Test func `a quarantine holds in the next run until it is lifted`() throws {
        let before = try planted()
        for _ in 0..<3 { before.show(.first, 26, .on) }
        let stage = try before.restarted()
        stage.beat(.first)
        stage.show(.first, 26, .off)
        #expect(try stage.refusal() == .quarantine)
        let view: Stage.Answer<TwinView> = stage.ask { $0.liftQuarantine(of: .first, by: "user:mara", $1) }
        #expect(try view.value?.get().snapshot.device.quarantine == nil)
        #expect(try stage.refusal() == nil)
    }

    @Test func `failures that lie more than a minute apart do not count together`() throws {
        let stage = try Stage.greenhouse()
        func fail() throws {
            let twin = try #require(stage.runtime.assumeIsolated { $0.directory }.assumeIsolated { $0.twin(.first) })
            stage.runtime.assumeIsolated { $0.note(TwinFailure("a test"), of: twin) }
        }
        for _ in 0..<2 { try fail() }
        stage.pass(milliseconds: 60_000)
        for _ in 0..<2 { try fail() }
        #expect(stage.twin()?.device.quarantine == nil)
        try fail()
        #expect(stage.twin()?.device.quarantine?.message == "a test")
    }

    // MARK: The second look

    private let moment = Moment(time: .fixtureNow, uptime: Uptime(milliseconds: 0))

    private func order(_ verb: CommandOrder.Verb = .on) -> CommandOrder {
        CommandOrder(
            id: CommandID("c-1"), verb: verb, value: nil, durationSeconds: nil, issuedBy: "user:mara",
            issuedAt: .fixtureNow)
    }

    private func context(isLatched: Bool = false) -> ActuatorContext {
        ActuatorContext(
            address: DeviceAddress(kaiser: .god, device: .first), kind: Catalogue.usual.actuatorKind("pump"),
            circumstances: Gate.Circumstances(
                deviceStatus: .online, isLatched: isLatched, isJournalTakingFacts: true, isBrokerConnected: true))
    }

    private func accepted(_ seconds: Int?) -> ActuatorDecision {
        ActuatorDecision(events: [.commandAccepted(order(), .on(level: 1), leaseSeconds: seconds, [])])
    }

    private var state: ActuatorState { ActuatorState(device: .first, gpio: .pin(26), type: "pump") }

    @Test func `what the gate decides keeps the rules, and each broken one is named`() {
        func rule(_ decision: ActuatorDecision, _ context: ActuatorContext) -> String? {
            decision.brokenRule(for: state, in: context, at: moment)
        }
        #expect(rule(accepted(60), context()) == nil)
        #expect(rule(state.decide(on: order(), in: context(), at: moment), context()) == nil)
        #expect(rule(accepted(60), context(isLatched: true))?.contains("emergency stop") == true)
        #expect(rule(accepted(3_601), context())?.contains("3601 s") == true)
        var both = accepted(60)
        both.events.append(.safeStateOrdered(.leaseExpired))
        #expect(rule(both, context())?.contains("at once") == true)
        var bare = state.decide(on: order(), in: context(), at: moment)
        bare.events = []
        #expect(rule(bare, context())?.contains("without a lease") == true)
        let many = ActuatorDecision(events: Array(repeating: .safeStateRepeated, count: 17))
        #expect(rule(many, context())?.contains("17 facts") == true)
    }
}
