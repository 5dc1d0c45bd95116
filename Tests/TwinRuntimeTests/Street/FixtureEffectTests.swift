import Testing
import TwinCore

@testable import TwinRuntime

/// What the examples of each topic change: the right part of the right twin, with what the message says.
@Suite struct FixtureEffectTests {
    /// What is to be seen on the first device after an example.
    struct Sight: Sendable, CustomTestStringConvertible {
        let line: Int
        let isThere: @Sendable (DeviceState) -> Bool

        init(_ line: Int, _ isThere: @escaping @Sendable (DeviceState) -> Bool) {
            self.line = line
            self.isThere = isThere
        }

        var testDescription: String { "line \(line)" }
    }

    private func verify(_ sight: Sight) throws {
        let line = try FixtureLine.number(sight.line)
        let device = try #require(try FixtureEffect(of: line).twin(.first)?.device, line.note)
        #expect(sight.isThere(device), line.note)
    }

    @Test(
        arguments: [
            Sight(75) { $0.handoverEpoch == 3 }, Sight(76) { $0.handoverEpoch == 1 },
            Sight(78) { $0.heartbeat?.zone == "tent_a" }, Sight(81) { $0.heartbeat?.sensorCount == 1 },
            Sight(82) { $0.heartbeat?.flags.isEmpty == false },
            Sight(89) { $0.metrics?.counters["offline_enter_count"] == 2 },
            Sight(113) { $0.status == .offline }, Sight(114) { $0.status == .offline },
            Sight(115) { $0.status == .offline },
        ])
    func `presence`(sight: Sight) throws { try verify(sight) }

    @Test(
        arguments: [
            Sight(57) { $0.lastStrayResponse?.gpio == .pin(33) }, Sight(63) { $0.lastAlert?.gpio == nil },
            Sight(73) { $0.emergencyRefusal?.hasPrefix("clear_failed") == true },
        ])
    func `outputs and emergencies`(sight: Sight) throws { try verify(sight) }

    @Test(
        arguments: [
            Sight(91) { $0.health.diagnostics?.message.heapFreeBytes == 170_100 },
            Sight(92) { $0.health.diagnostics?.message.flags.isEmpty == false },
            Sight(95) { $0.health.errors.map(\.error.code) == [1040] },
            Sight(96) { $0.health.errors.map(\.error.code) == [3500] },
            Sight(97) { $0.health.errors.first?.error.flags.isEmpty == false },
            Sight(100) { $0.health.pressure?.message.isUnderPressure == true },
            Sight(101) { $0.health.pressure?.message.isUnderPressure == false },
            Sight(145) { $0.health.status?.message.zone == "tent_a" },
            Sight(146) { $0.health.safeMode?.message.isActive == true },
            Sight(147) { $0.health.isolatedSubzones == [] },
            Sight(148) { $0.health.credentials?.message.username == "esp_7c19f2" },
            Sight(121) { $0.busScan?.message.members.map(\.rom) == ["28AA11BB22CC33D4"] },
        ])
    func `health`(sight: Sight) throws { try verify(sight) }

    @Test(
        arguments: [
            Sight(103) {
                $0.intents.entries.map(\.intent) == ["c-89"] && $0.intents.entries[0].outcome?.outcome == .accepted
            },
            Sight(104) { $0.intents.entries.first?.outcome?.outcome == .applied },
            Sight(105) { $0.intents.entries.first?.outcome?.outcome == .expired },
            Sight(106) { $0.intents.entries.first?.flow == "config" },
            Sight(107) { $0.intents.entries.first?.outcome?.flags.isEmpty == false },
            Sight(108) { $0.intents.entries.map(\.intent) == ["c-96"] },
            Sight(110) { $0.intents.configurationPending?.message.isPending == true },
            Sight(111) { $0.intents.entries.first?.stage?.stage == "queued" },
            Sight(118) { $0.operations.lastStray?.message.command == "set_log_level" },
            Sight(119) { $0.operations.lastStray?.message.isSuccess == false },
            Sight(120) { $0.operations.lastStray?.message.command == "diagnostics" },
        ])
    func `intents and answers nobody waits for`(sight: Sight) throws { try verify(sight) }

    @Test(
        arguments: [
            Sight(131) { $0.configuration.reported.zone?.id == "tent_a" },
            Sight(132) { $0.configuration.reported.zone?.id ?? "" == "" },
            Sight(144) { $0.library.refusal != nil },
        ])
    func `zone and library`(sight: Sight) throws { try verify(sight) }

    @Test func `a batch is stored value by value`() throws {
        let sensors = try FixtureEffect(of: try .number(38)).twin(.first)?.sensors
        #expect(sensors?.map(\.key.id) == ["4:ds18b20", "34:ph"])
        #expect(sensors?.map { $0.latest?.value } == [21.7, 6.3])
    }

    @Test func `the old discovery message makes a device known with its hardware`() throws {
        let device = try FixtureEffect(of: try .number(139)).twin(DeviceID("ESP_51E0B7")!)?.device
        #expect(device?.hardware?.board == "ESP32_WROOM")
        #expect(device?.hardware?.maximumSensors == 20)
    }

    @Test(arguments: [41, 42, 123, 124, 125, 126, 129, 130, 135, 136])
    func `an answer that nobody waits for is kept as a fact and changes nothing but the presence`(
        number: Int
    ) throws {
        let line = try FixtureLine.number(number)
        let effect = try FixtureEffect(of: line)
        let device = try #require(DeviceID(String(line.topic.split(separator: "/")[3])))
        #expect(effect.twin(device)?.device.configuration == ConfigurationState(), line.note)
        #expect(effect.twin(device)?.device.operations == OperationLedger(), line.note)
        #expect(effect.changed == [device.description], line.note)
    }
}
