import Testing
import TwinCore

/// What of a configuration is told only while no output may be energised.
@Suite struct LettingGoRuleTests {
    private static let changes: [(String, @Sendable (inout Desired) -> Void, Bool)] = [
        ("type", { $0.actuators[.pin(26)]?.type = "valve" }, true),
        ("wireType", { $0.actuators[.pin(26)]?.wireType = "relay" }, true),
        ("auxiliary", { $0.actuators[.pin(26)]?.auxiliary = .pin(25) }, true),
        ("inverted", { $0.actuators[.pin(26)]?.isInverted = true }, true),
        ("new", { $0.actuators[.pin(32)] = ActuatorWish(type: "relay", name: "fan") }, true),
        ("removed", { $0.actuators[.pin(26)] = nil }, true),
        ("name", { $0.actuators[.pin(26)]?.name = "mist" }, false),
        ("critical", { $0.actuators[.pin(26)]?.isCritical = true }, false),
        ("runtime", { $0.actuators[.pin(26)]?.maximumRuntimeMilliseconds = 60_000 }, false),
        ("sensor removed", { $0.sensors[.acid] = nil }, false),
    ]

    @Test(arguments: changes.indices)
    func `what may switch an output waits, everything else does not`(index: Int) throws {
        let (name, change, waits) = Self.changes[index]
        var device = Configured.holding(.parts)
        try #require(device.state.delta.isEmpty)
        device.mayLetGo = false
        _ = device.wish(at: 1_000, change)
        #expect(device.tick(at: 1_000).isEmpty == waits, "\(name)")
        device.mayLetGo = true
        #expect((device.deadline != nil) == true)
        if waits { #expect(!device.tick(at: 2_000).isEmpty, "\(name)") }
    }

    @Test func `a step that lets go is not repeated while an output may be on`() {
        var device = Configured.holding(.parts)
        _ = device.wish(at: 1_000) { $0.actuators[.pin(26)] = nil }
        _ = device.tick(at: 1_000)
        device.mayLetGo = false
        let id = device.state.step?.step.id.description ?? ""
        #expect(device.tick(at: 16_000) == ["\(id) dropped: an output may be energised"])
        #expect(device.tick(at: 40_000) == [])
        device.mayLetGo = true
        #expect(device.tick(at: 41_000).count == 2)
    }

    @Test func `a wish back to what is reported waits, too, when another was told and not answered`() {
        var device = Configured.holding(.parts)
        _ = device.wish(at: 1_000) { $0.actuators[.pin(26)]?.isInverted = true }
        _ = device.tick(at: 1_000)
        _ = device.wish(at: 2_000) { $0.actuators[.pin(26)]?.isInverted = false }
        device.mayLetGo = false
        #expect(device.tick(at: 16_000).count == 1)
        #expect(device[.actuator(.pin(26))] == .pending)
        #expect(device.tick(at: 40_000) == [])
    }

    @Test func `a wish that leaves too much to be told is refused`() {
        let many = (1...200).map { SubzoneWish(name: "s\($0)") }
        var wish = Desired()
        for (number, subzone) in many.enumerated() { wish.subzones["s\(number)"] = subzone }
        #expect(ConfigurationState().problems(of: wish).map(\.path) == ["desired"])
        wish.subzones = wish.subzones.filter { ("s0"..."s1z").contains($0.key) }
        #expect(ConfigurationState().problems(of: wish) == [])
    }

    @Test func `nothing may be on when the device is alone`() {
        let wish = Desired(actuators: [
            .pin(26): ActuatorWish(type: "pump", name: "p", isOnByDefault: true, defaultLevel: 1)
        ])
        let problems = wish.problems(board: nil)
        #expect(problems.map(\.path) == ["actuators/26/default_level", "actuators/26/on_by_default"])
        #expect(problems.allSatisfy { $0.detail.contains("without lease and gate") })
    }
}
