import Testing
import TwinCore

@testable import TwinRuntime

/// What came of one of the contract's examples in a fresh runtime that knows the devices they are about.
struct FixtureEffect {
    let before: [DeviceSnapshot]
    let after: [DeviceSnapshot]
    let deadLetters: [DeadLetter]
    /// What left, in a few words each.
    let left: [String]

    private static let known = ["ESP_7C19F2", "ESP_0D44A19C", "MOCK_TENT01"]

    init(of line: FixtureLine) throws {
        let stage = Stage(at: line.now)
        try stage.start()
        for name in Self.known { stage.beat(try #require(DeviceID(name))) }
        for (gpio, type) in [(26, "pump"), (25, "pwm"), (27, "valve")] { stage.show(.first, gpio, .off, type: type) }
        stage.show(try #require(DeviceID("MOCK_TENT01")), 5, .off, type: "relay")
        // The erasures that the first heartbeats asked for come back from the broker.
        for name in Self.known { stage.hear("kaiser/god/esp/\(name)/system/will", "", isRetained: true) }
        stage.broker.forget()
        try #require(stage.deadLetters.isEmpty)
        before = stage.twins
        stage.hear(line.topic, line.payload, isRetained: line.isRetained)
        #expect(stage.runtime.assumeIsolated { $0.isQuiet }, line.note)
        (after, deadLetters, left) = (stage.twins, stage.deadLetters, stage.left())
    }

    /// The twins that are new or have another revision.
    var changed: [String] {
        after.filter { twin in !before.contains { $0.device.id == twin.device.id && $0.revision == twin.revision } }
            .map(\.device.id.description)
    }

    /// A twin as it is afterwards.
    func twin(_ id: DeviceID) -> DeviceSnapshot? { after.first { $0.device.id == id } }
}
