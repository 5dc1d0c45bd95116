import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// Limits hold all the time, across devices, and not only when a command is given.
@Suite struct StandingTests {
    private static let pump = OutputAddress(device: .first, gpio: .pin(26))
    private static let other = OutputAddress(device: .second, gpio: .pin(26))

    private func site(
        guards: [SensorGuard] = [], effect: EffectRule? = nil, interlocks: [Interlock] = [], budgets: [Budget] = []
    ) -> Catalogue {
        Catalogue(
            sensorKinds: Catalogue.usual.sensorKinds, actuatorKinds: Catalogue.usual.actuatorKinds,
            sites: [
                Site(
                    name: "hall",
                    devices: [
                        .first: DeviceOverride(actuators: [.pin(26): ActuatorOverride(guards: guards, effect: effect)])
                    ],
                    interlocks: interlocks, budgets: budgets)
            ])
    }

    /// The first device's pump runs only while the second device's thermometer shows 0 to 40 °C, lately.
    private func guarded(maxAgeSeconds: Int) -> Catalogue {
        site(guards: [
            SensorGuard(
                sensor: SensorReference(device: .second, type: "ds18b20"), range: 0...40, maxAgeSeconds: maxAgeSeconds)
        ])
    }

    private func running(_ catalogue: Catalogue) throws -> Stage {
        let stage = try Stage.greenhouse(catalogue: catalogue)
        stage.sense(4, "ds18b20", raw: 348, seq: 1, of: .second)
        stage.run(seconds: 3_000)
        try #require(stage.output()?.lease != nil)
        return stage
    }

    @Test func `another device's reading out of range switches the output off at once`() throws {
        let stage = try running(guarded(maxAgeSeconds: 60))
        stage.sense(4, "ds18b20", raw: 700, seq: 2, of: .second)
        #expect(stage.left().contains("ESP_7C19F2/26 OFF"))
        #expect(stage.output()?.safeState?.cause == .limitBroken(.sensorGuard))
        #expect(stage.output()?.lastAlarm?.message.kind == .limitBroken)
        stage.show(.first, 26, .off)
        #expect(try stage.refusal() == .sensorGuard)
    }

    @Test func `another device's reading that grows old switches the output off when it is too old`() throws {
        let stage = try running(guarded(maxAgeSeconds: 60))
        stage.pass(milliseconds: 30_000)
        stage.sense(4, "ds18b20", raw: 349, seq: 2, of: .second)
        stage.broker.forget()
        stage.pass(milliseconds: 59_900)
        #expect(!stage.left().contains("ESP_7C19F2/26 OFF"))
        stage.pass(milliseconds: 200)
        #expect(stage.left().contains("ESP_7C19F2/26 OFF"))
    }

    @Test func `a reading that its kind calls stale before that does too`() throws {
        // The thermometer's kind is stale after 180 s.
        let stage = try running(guarded(maxAgeSeconds: 1_000))
        for _ in 0..<3 {
            stage.pass(milliseconds: 60_000)
            stage.beat(.first)
            stage.beat(.second)
        }
        #expect(stage.output()?.lease != nil)
        stage.broker.forget()
        stage.pass(milliseconds: 100)
        #expect(stage.left().contains("ESP_7C19F2/26 OFF"))
    }

    @Test func `an output on by itself breaks an interlock: alarm, and both off`() throws {
        let stage = try running(
            site(interlocks: [Interlock(name: "fill or drain", rule: .exclusive, members: [Self.pump, Self.other])]))
        #expect(try stage.refusal(.second) == .interlock)
        stage.broker.forget()
        stage.show(.second, 26, .on)
        let left = stage.left()
        #expect(left.contains("ESP_0D44A19C/26 OFF"))
        #expect(left.contains("ESP_7C19F2/26 OFF"))
        #expect(stage.alarms(.limitBroken) == 2)
    }

    @Test func `what another output needs goes off with it`() throws {
        let stage = try running(
            site(interlocks: [Interlock(name: "pump needs valve", rule: .requires, members: [Self.other, Self.pump])]))
        stage.run(.second, seconds: 3_000)
        try #require(stage.output(26, of: .second)?.lease != nil)
        _ = stage.command(.off)
        stage.show(.first, 26, .off)
        #expect(stage.left().contains("ESP_0D44A19C/26 OFF"))
    }

    @Test func `a budget refuses what would be one too many, until the other is seen off`() throws {
        let stage = try running(
            site(budgets: [Budget(name: "feed", members: [Self.pump, Self.other], atOnce: 1)]))
        #expect(try stage.refusal(.second) == .budget)
        _ = stage.command(.off)
        #expect(try stage.refusal(.second) == .budget)
        stage.show(.first, 26, .off)
        #expect(try stage.refusal(.second) == nil)
    }

    @Test func `a missing effect switches off, alarms, and closes what feeds it`() throws {
        let effect = EffectRule(
            sensor: SensorReference(device: .second, type: "ds18b20"), measure: .value, range: 30...60,
            withinSeconds: 20, upstream: Self.other)
        let stage = try running(site(effect: effect))
        stage.run(.second, seconds: 3_000)
        stage.pass(milliseconds: 20_100)
        let left = stage.left()
        #expect(left.contains("ESP_7C19F2/26 OFF"))
        #expect(left.contains("ESP_0D44A19C/26 OFF"))
        #expect(stage.output()?.lastAlarm?.message.kind == .noEffect)
        #expect(stage.output()?.lastCommand?.state == .failed)
        #expect(stage.output(26, of: .second)?.safeState?.cause == .feeds(Self.pump))
        #expect(stage.output(26, of: .second)?.lease == nil)
    }
}
