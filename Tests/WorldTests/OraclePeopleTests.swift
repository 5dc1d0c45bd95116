import Testing
import TwinCore

@testable import World

/// The oracle can fail: what people ask for and do not get is shown to it once.
@Suite struct OraclePeopleTests {
    private let oracle = Oracle(SimulatedDisk(), .none)
    private let device = DeviceID("ESP_7C19F2")!
    private let pump = OutputAddress(device: DeviceID("ESP_7C19F2")!, gpio: GPIO(26)!)

    private func left(_ word: String, at time: Int64) {
        oracle.left(Transcript.command(word, device, value: word == "OFF" ? 0 : 1, duration: 0), at: time)
    }

    @Test func `an OFF that somebody asked for and that does not leave at once is found`() {
        let output = oracle.record(device).output(pump.gpio)
        left("OFF", at: 10)
        oracle.judgeOff(of: pump, since: 0, at: 10)
        #expect(oracle.violations == [])
        oracle.judgeOff(of: pump, since: output.offsLeft, at: 20)
        #expect(oracle.violations.map(\.promise) == [.off])
    }

    @Test func `a device that is refused as stopped long after all was cleared is found`() {
        _ = oracle.record(device)
        oracle.judgeLatched(device, at: 100_000)
        #expect(oracle.violations == [], "nobody has cleared anything")
        oracle.nothingHeldSince = 1_000
        oracle.judgeLatched(device, at: 21_000)
        #expect(oracle.violations == [])
        oracle.judgeLatched(device, at: 21_001)
        #expect(oracle.violations.map(\.promise) == [.cleared])
    }

    @Test func `a refusal is right while a device cannot know, and once another stop was brought`() {
        _ = oracle.record(device)
        oracle.nothingHeldSince = 1_000
        oracle.undisturbedSince = { _ in nil }
        oracle.judgeLatched(device, at: 100_000)
        oracle.undisturbedSince = { _ in 90_000 }
        oracle.judgeLatched(device, at: 100_000)
        oracle.undisturbedSince = { _ in 0 }
        oracle.delivered(
            SimulatedMessage(
                topic: "kaiser/god/esp/\(device)/actuator/emergency", payload: [], qos: 1, isRetained: false))
        oracle.judgeLatched(device, at: 100_000)
        #expect(oracle.violations == [])
    }

    @Test func `what an older instance beside a newer one knows is not held against the newer one`() {
        let status = SimulatedMessage(
            topic: "kaiser/god/esp/\(device)/actuator/26/status", payload: Array("{\"state\":true}".utf8), qos: 1,
            isRetained: false)
        oracle.lingeringRun = 0
        oracle.newestRun = 1
        oracle.acknowledged(status, by: 0, at: 10)
        #expect(oracle.record(device).output(pump.gpio).shownOn == nil)
        oracle.acknowledged(status, by: 1, at: 20)
        #expect(oracle.record(device).output(pump.gpio).shownOnAt == 20)
    }
}
