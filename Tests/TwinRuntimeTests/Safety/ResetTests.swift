import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// Devices are let go of in stages: in the order that the site declares, as many as may start together.
@Suite struct ResetTests {
    private static let third = DeviceID("MOCK_TENT01")!
    /// Each pump draws 100 W when it starts, and 150 W may start together: one device at a time, the second first.
    private static let staged = Catalogue(
        sensorKinds: [],
        actuatorKinds: [
            ActuatorKind(
                name: "pump", semantics: .digital,
                limits: ActuatorLimits(
                    defaultLeaseSeconds: 60, maxOnSeconds: 3600, minOffSeconds: 0,
                    draw: Draw(watts: 40, inrushWatts: 100)))
        ],
        sites: [
            Site(
                name: "hall", devices: [:],
                reset: ResetPlan(inrushWatts: 150, settleSeconds: 4, order: [third, .second]))
        ])
    private static let all = [DeviceID.first, .second, third]

    /// Three stopped devices, each with a pump that is seen off.
    private func stopped() throws -> Stage {
        let stage = try Stage.started(catalogue: Self.staged)
        for device in Self.all {
            stage.beat(device)
            stage.show(device, 26, .off)
        }
        _ = stage.stop(.all)
        acknowledge(stage)
        stage.pass(milliseconds: 10_000)
        stage.broker.forget()
        return stage
    }

    private func acknowledge(_ stage: Stage) {
        for device in Self.all {
            stage.show(device, 26, .off, emergency: "active")
            stage.hear(
                from: device, "actuator/emergency/ack",
                "{\"esp_id\":\"\(device)\",\"ts\":1777600000,\"outcome\":\"executed\"}")
        }
    }

    @Test func `stages go in order, within the inrush budget, and settle`() throws {
        let stage = try stopped()
        _ = stage.clear()
        #expect(stage.report.clearing == [Self.third])
        stage.pass(milliseconds: 3_000)
        stage.recover(Self.third)
        stage.pass(milliseconds: 4_000)
        #expect(stage.report.clearing == [])
        #expect(try stage.refusal(.second) == .latch)
        stage.pass(milliseconds: 300)
        #expect(stage.report.clearing == [.second])
        stage.recover(.second)
        stage.pass(milliseconds: 4_500)
        #expect(stage.report.clearing == [.first])
        #expect(try stage.refusal(Self.third) == nil)
        #expect(try stage.refusal(.first) == .latch)
    }

    @Test func `a stage that does not confirm holds the next for 30 s at most`() throws {
        let stage = try stopped()
        _ = stage.clear()
        stage.pass(milliseconds: 30_000)
        #expect(stage.report.clearing == [Self.third])
        stage.pass(milliseconds: 4_300)
        #expect(stage.report.clearing == [Self.third, .second].sorted())
    }

    @Test func `a second clearing does not let more start together`() throws {
        let stage = try stopped()
        let id = try #require(try stage.stop(.device(.first)).value?.get().incidents.last?.id)
        let everything = try #require(stage.report.incidents.first?.id)
        stage.clear(everything)
        stage.clear(id)
        #expect(stage.report.clearing == [Self.third])
    }

    @Test func `what a crash interrupts goes on in the next run, one stage at a time`() throws {
        let before = try stopped()
        _ = before.clear()
        #expect(before.report.clearing == [Self.third])
        let stage = try before.restarted(catalogue: Self.staged)
        #expect(stage.report.clearing == [Self.third])
        for device in Self.all { stage.beat(device) }
        acknowledge(stage)
        #expect(try stage.refusal(.first) == .latch)
        stage.pass(milliseconds: 6_000)
        stage.recover(Self.third)
        stage.pass(milliseconds: 4_500)
        #expect(stage.report.clearing == [.second])
        stage.recover(.second)
        stage.pass(milliseconds: 4_500)
        stage.recover(.first)
        #expect(try stage.refusal(.first) == nil)
    }

    @Test func `clearing one incident leaves what another covers held`() throws {
        let stage = try Stage.greenhouse()
        let first = try #require(try stage.stop(.device(.first)).value?.get().incidents.last?.id)
        _ = stage.stop(.device(.second))
        stage.show(.first, 26, .off, emergency: "active")
        stage.clear(first)
        stage.pass(milliseconds: 6_000)
        stage.recover(.first)
        #expect(try stage.refusal(.first) == nil)
        #expect(try stage.refusal(.second) == .latch)
        #expect(stage.report.clearing == [])
    }
}
