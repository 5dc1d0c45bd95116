import Testing
import TwinCore

@Suite struct CompanionTests {
    private let probe = SensorKey(gpio: .pin(34), type: "ph", address: .none)
    private let rule = CompanionRule(kinds: ["ds18b20"], scope: .device, maximumAgeSeconds: 600)

    private func thermometer(
        _ celsius: Double, pin: Int = 4, type: String = "ds18b20", at: Int64 = 0, _ quality: Quality = .good,
        unit: String = "°C"
    ) -> SensorState {
        var state = SensorState(key: SensorKey(gpio: .pin(pin), type: type, address: .none))
        state.apply(
            .sampled(
                Sample(
                    raw: 1, value: celsius, unit: unit, quality: quality, eventTime: Moment.at(at).time,
                    receiptTime: Moment.at(at).time, claimedTime: Moment.at(at).time, digest: 1, isTimely: true)),
            at: .at(at))
        return state
    }

    private func celsius(_ sensors: [SensorState], named: SensorKey? = nil, at: Int64 = 1000) -> Double? {
        rule.celsius(for: probe, named: named, among: sensors, at: .at(at))
    }

    @Test func `the one thermometer of the device serves`() {
        #expect(celsius([thermometer(21)]) == 21)
        #expect(celsius([thermometer(21), thermometer(30, pin: 5, type: "sht31_temp")]) == 21)
        #expect(celsius([]) == nil)
    }

    @Test func `of several none is guessed, unless one is named`() {
        let both = [thermometer(21), thermometer(24, pin: 5)]
        #expect(celsius(both) == nil)
        #expect(celsius(both, named: both[1].key) == 24)
        #expect(celsius(both, named: SensorKey(gpio: .pin(9), type: "ds18b20", address: .none)) == nil)
    }

    @Test func `a value that is old, doubtful or raw does not serve`() {
        #expect(celsius([thermometer(21)], at: 600_000) == 21)
        #expect(celsius([thermometer(21)], at: 600_001) == nil)
        #expect(celsius([thermometer(85, .suspect)]) == nil)
        #expect(celsius([thermometer(-127, .error)]) == nil)
        #expect(celsius([thermometer(348, unit: "")]) == nil)
    }

    @Test func `a chip's own thermometer sits on its pin and address`() {
        let rule = CompanionRule(kinds: ["bme280_temp"], scope: .chip, maximumAgeSeconds: 60)
        let key = SensorKey(gpio: .pin(0), type: "bme280_pressure", address: .none)
        let other = thermometer(30, pin: 4, type: "bme280_temp")
        let own = thermometer(21, pin: 0, type: "bme280_temp")
        #expect(rule.celsius(for: key, named: nil, among: [other, own], at: .at(0)) == 21)
        #expect(rule.celsius(for: key, named: nil, among: [other], at: .at(0)) == nil)
    }
}
