import Testing
import TwinCore
import World

@testable import TwinRuntime

@Suite struct WheelTests {
    private func twin(_ name: String, _ loop: SimulatedLoop) throws -> DeviceTwin {
        let id = try #require(DeviceID(name))
        return DeviceTwin(
            state: DeviceState(
                address: DeviceAddress(kaiser: .god, device: id), isApproved: true, at: loop.moment), on: loop)
    }

    private func due(_ wheel: inout Wheel, at milliseconds: Int64) -> [String] {
        var names: [String] = []
        while let (twin, deadline) = wheel.popDue(at: Uptime(milliseconds: milliseconds)) {
            names.append("\(twin.id) \(deadline.milliseconds)")
        }
        return names
    }

    @Test func `twins are woken in the order of their deadlines and then of their asking`() throws {
        let loop = SimulatedLoop(startingAt: .fixtureNow)
        var wheel = Wheel()
        #expect(wheel.earliest == nil)
        for (name, deadline) in [("MOCK_A", 30), ("MOCK_B", 10), ("MOCK_C", 20), ("MOCK_D", 10)] as [(String, Int64)] {
            wheel.insert(try twin(name, loop), at: Uptime(milliseconds: deadline))
        }
        #expect(wheel.earliest == Uptime(milliseconds: 10))
        #expect(due(&wheel, at: 9) == [])
        #expect(due(&wheel, at: 20) == ["MOCK_B 10", "MOCK_D 10", "MOCK_C 20"])
        #expect(wheel.earliest == Uptime(milliseconds: 30))
        #expect(due(&wheel, at: 1_000) == ["MOCK_A 30"])
        #expect(wheel.earliest == nil)
    }

    @Test func `more twins than one turn wakes are woken in several turns`() throws {
        let stage = try Stage.started()
        let count = Runtime.wakesPerTurn * 2 + 5
        for number in 0..<count {
            stage.beat(try #require(DeviceID("ESP_\(String(0xA00000 + number, radix: 16).uppercased())")))
        }
        stage.pass(milliseconds: 180_000)
        #expect(stage.twins.count == count)
        #expect(stage.twins.allSatisfy { $0.device.status == .offline })
    }
}
