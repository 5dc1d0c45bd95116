import Testing
import TwinCore

@Suite struct ClockOffsetTests {
    /// A device whose heartbeats claim `ahead` more milliseconds than the runtime's clock shows at their arrival.
    private func beat(_ state: inout DeviceState, ahead: Int64, isValid: Bool = true, at time: Int64) {
        let claimed = Double(Moment.at(time).time.milliseconds + ahead)
        let heartbeat = Heartbeat(
            clock: DeviceClock(wire: claimed, isValid: isValid), uptimeSeconds: 1, heapFreeBytes: 1, rssiDBm: -60)
        state.apply(.heartbeat(heartbeat), at: .at(time))
    }

    private var device: DeviceState { DeviceState(address: .greenhouse, isApproved: true, at: .at(0)) }

    @Test func `nothing is known before a heartbeat with a time`() {
        var state = device
        #expect(state.clockOffset.offsetMilliseconds == nil && state.clockOffset.spreadMilliseconds == nil)
        beat(&state, ahead: 0, isValid: false, at: 1_000)
        beat(&state, ahead: -1_777_000_000_000, at: 2_000)
        #expect(state.clockOffset.offsetMilliseconds == nil)
    }

    @Test func `the fastest way there is taken`() {
        var state = device
        for (index, late) in [Int64(300), 80, 950, 40, 600].enumerated() {
            beat(&state, ahead: -2_000 - late, at: Int64(index) * 60_000)
        }
        #expect(state.clockOffset.offsetMilliseconds == 2_040)
        #expect(state.clockOffset.spreadMilliseconds == 910)
        #expect(!state.clockOffset.isJumping)
    }

    @Test(arguments: [Int64(-3_600_000), 3_600_000])
    func `a clock that was set is estimated rightly after one window`(_ step: Int64) {
        var state = device
        for index in 0..<20 { beat(&state, ahead: 0, at: Int64(index) * 60_000) }
        #expect(state.clockOffset.offsetMilliseconds == 0)
        for index in 20..<(20 + ClockOffset.window) {
            beat(&state, ahead: step, at: Int64(index) * 60_000)
            #expect(state.clockOffset.isJumping == (index < 19 + ClockOffset.window))
        }
        #expect(state.clockOffset.offsetMilliseconds == -step)
        #expect(state.clockOffset.differences.count == ClockOffset.window)
    }
}
