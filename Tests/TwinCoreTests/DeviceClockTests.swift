import Testing
import TwinCore

@Suite struct DeviceClockTests {
    @Test(
        arguments: [
            (1_777_600_000, 1_777_600_000_000), (1_777_600_000_250, 1_777_600_000_250),
            (1_777_600_000.5, 1_777_600_000_500),
            (0, 0), (912, 912_000), (1e11, 100_000_000_000_000), (1e11 + 1, 100_000_000_001), (-5, -5_000),
            (1e300, 9_000_000_000_000_000), (-1e300, -9_000_000_000_000_000),
        ] as [(Double, Int64)])
    func `seconds and milliseconds are told apart by size`(wire: Double, milliseconds: Int64) {
        #expect(DeviceClock(wire: wire).claimed.milliseconds == milliseconds)
    }

    @Test(
        arguments: [
            (1_700_000_000, true), (1_699_999_999.999, false), (2_500_000_000, true), (2_500_000_000.001, false),
            (1_777_600_000_000, true), (0, false), (912, false),
        ] as [(Double, Bool)])
    func `a time is believed in the window that can be civil`(wire: Double, isPlausible: Bool) {
        #expect(DeviceClock(wire: wire).isPlausible == isPlausible)
    }

    @Test func `a time that its device disowns is not believed`() {
        let clock = DeviceClock(wire: 1_777_600_000, isValid: false)
        #expect(!clock.isPlausible)
        #expect(clock.claimed.milliseconds == 1_777_600_000_000)
    }
}
