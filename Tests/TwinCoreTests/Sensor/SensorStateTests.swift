import Testing
import TwinCore

@Suite struct SensorStateTests {
    private func sample(
        _ value: Double, at event: Int64, receivedAt receipt: Int64? = nil, _ quality: Quality = .good
    ) -> Sample {
        Sample(
            raw: value, value: value, unit: "°C", quality: quality, eventTime: Moment.at(event).time,
            receiptTime: Moment.at(receipt ?? event).time, claimedTime: Moment.at(event).time,
            digest: UInt64(bitPattern: event), isTimely: true)
    }

    private func state(_ samples: [Sample]) -> SensorState {
        var state = SensorState(key: SensorKey(gpio: .pin(4), type: "ds18b20", address: .none))
        for sample in samples { state.apply(.sampled(sample), at: .at(0)) }
        return state
    }

    @Test func `the latest value is the newest by event time`() {
        let state = state([
            sample(1, at: 1_000), sample(3, at: 3_000), sample(2, at: 2_000, receivedAt: 9_000),
        ])
        #expect(state.latest?.value == 3)
        #expect(state.count == 3)
    }

    @Test func `of two values of one time the later arrival counts`() {
        #expect(state([sample(1, at: 1_000), sample(2, at: 1_000)]).latest?.value == 2)
    }

    @Test func `a fault stands beside the latest value until a newer value comes`() {
        var state = state([sample(1, at: 1_000), sample(-127, at: 2_000, .error)])
        #expect(state.latest?.value == 1)
        #expect(state.fault?.quality == .error)
        state.apply(.sampled(sample(0, at: 1_500)), at: .at(1_500))
        #expect(state.latest?.value == 0)
        #expect(state.fault != nil)
        state.apply(.sampled(sample(5, at: 2_000)), at: .at(2_000))
        #expect(state.latest?.value == 5)
        #expect(state.fault == nil)
    }

    @Test func `an old fault does not stand beside a newer value`() {
        let state = state([sample(1, at: 2_000), sample(-127, at: 1_000, .critical)])
        #expect(state.fault == nil)
        #expect(state.count == 2)
    }

    @Test func `the newest of several faults stands`() {
        let state = state([sample(8, at: 3_000, .error), sample(9, at: 2_000, .critical)])
        #expect(state.fault?.value == 8)
        #expect(state.latest == nil)
    }

    @Test func `a clock that runs ahead cannot shut out later samples`() {
        let state = state([
            sample(1, at: 600_000, receivedAt: 1_000), sample(2, at: 2_000, receivedAt: 2_000),
        ])
        #expect(state.latest?.value == 2)
    }

    @Test(arguments: Quality.allCases) func `a plausible value stands whatever its quality`(_ quality: Quality) {
        let state = state([sample(1, at: 1_000, quality)])
        #expect((state.latest != nil) == quality.isPlausible)
        #expect((state.fault != nil) == !quality.isPlausible)
    }

    @Test func `a state is the same after a trip through its stored form`() throws {
        let state = state([sample(1, at: 1_000), sample(-127, at: 2_000, .error)])
        #expect(try stored(state) == state)
    }
}
