import Testing
import TwinCore

@testable import TwinRuntime
@testable import World

/// A stop that is not confirmed becomes an alarm, and each output's time to obey is known.
@Suite struct EscalationTests {
    @Test func `what is not seen stopped within 10 s is alarmed once`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.all)
        stage.pass(milliseconds: 1_200)
        for gpio in [26, 25] { stage.show(.first, gpio, .off, type: gpio == 25 ? "pwm" : "pump", emergency: "active") }
        stage.pass(milliseconds: 8_799)
        #expect(stage.alarms(.stopUnconfirmed) == 0)
        stage.pass(milliseconds: 1)
        #expect(stage.alarms(.stopUnconfirmed) == 1)
        let alarm = stage.twin(.second)?.device.lastAlarm?.message
        #expect(alarm?.kind == .stopUnconfirmed)
        #expect(alarm?.detail.contains("gpio 26") == true)
        #expect(stage.twin(.first)?.device.lastAlarm == nil)
        stage.pass(milliseconds: 60_000)
        #expect(stage.alarms(.stopUnconfirmed) == 1)
        let next = try stage.restarted()
        next.pass(milliseconds: 60_000)
        #expect(next.twin(.second)?.device.lastAlarm?.message.kind == .stopUnconfirmed)
        #expect(next.siteFacts.count { if case .stopLatched = $0 { true } else { false } } == 1)
        #expect(next.alarms(.stopUnconfirmed) == 1)  // The first device: nothing of it is known in this run.
    }

    @Test func `a restart within the 10 s loses no alarm`() throws {
        let before = try Stage.greenhouse()
        _ = before.stop(.device(.first))
        before.pass(milliseconds: 5_000)
        let stage = try before.restarted()
        stage.pass(milliseconds: 10_000)
        #expect(stage.alarms(.stopUnconfirmed) == 1)
    }

    @Test func `each stop speaks of what it covers`() throws {
        let stage = try Stage.greenhouse()
        _ = stage.stop(.device(.first))
        stage.pass(milliseconds: 5_000)
        _ = stage.stop(.device(.second))
        stage.pass(milliseconds: 5_000)
        #expect(stage.alarms(.stopUnconfirmed) == 1)
        #expect(stage.twin(.second)?.device.lastAlarm == nil)
        stage.pass(milliseconds: 5_000)
        #expect(stage.alarms(.stopUnconfirmed) == 2)
    }

    @Test func `the scoreboard says after how long an output was seen stopped, and a drill is one`() throws {
        let stage = try Stage.greenhouse()
        let request = StopRequest(scope: .device(.first), reason: "drill", issuedBy: "user:mara", isDrill: true)
        _ = stage.ask { (runtime, reply: @escaping @Sendable (Result<StopReport, ServiceError>) -> Void) in
            runtime.stop(request, reply)
        }
        #expect(stage.left().contains("ESP_7C19F2/26 OFF"))
        stage.pass(milliseconds: 340)
        stage.show(.first, 26, .off, emergency: "active")
        #expect(stage.report.incidents.map(\.isDrill) == [true])
        #expect(stage.report.lines.map(\.confirmedAfterMilliseconds) == [nil, 340])
        #expect(try stage.restarted().report.incidents.map(\.isDrill) == [true])
    }
}
