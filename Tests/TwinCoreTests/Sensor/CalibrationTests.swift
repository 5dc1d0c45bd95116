import Testing
import TwinCore

@Suite struct CalibrationTests {
    /// The raw counts of a voltage behind the 12-bit converter.
    private static func counts(_ volts: Double) -> Double { volts / 3.3 * 4095 }

    @Test func `a pH probe's two buffers give the line of the protocol's example`() throws {
        var guide = Guide(.ph)
        #expect(guide.walk(.ph, [(Self.counts(2.03), 4), (Self.counts(1.51), 7)]) == nil)
        let calibration = try #require(guide.state.calibration.current)
        #expect(abs(calibration.slope - -5.7692) < 0.0001)
        #expect(abs(calibration.offset - 15.7115) < 0.0001)
        #expect(calibration.number == 1)
        #expect(calibration.by == "user:mara")
        // Used from the next reading on, in volts as it was computed.
        #expect(guide.sample(Self.counts(2.03)).value == 4)
        let middle = guide.sample(Self.counts(1.77))
        #expect(middle.value == 5.5)
        #expect(middle.quality == .good)
        #expect(middle.model == ModelStamp(version: SensorKind.ph.version, calibration: 1))
    }

    @Test(
        arguments: [
            (.ph, [(2519, 4), (1874, 4.5)], "the two buffers must be at least 1 pH apart"),
            (.ph, [(1874, 4), (2519, 7)], "the voltage grows with the pH"),
            (.ph, [(2200, 4), (1874, 7)], "the electrode answers with 29.19 mV for each pH; a usable one with 50.29"),
            (.ph, [(2700, 4), (1874, 7)], "the electrode answers with 73.96 mV for each pH"),
            (.ph, [(1874, 4), (1874, 7)], "both points have the same raw value"),
            (.ph, [(1874, 7)], "the method 'ph' takes 2 points; there are 1"),
            (.linear, [(1874, 7), (2519, 7)], "both points have the same reference"),
        ] as [(CalibrationMethod, [(Double, Double)], String)])
    func `points that give no usable pH line are refused`(
        method: CalibrationMethod, points: [(Double, Double)], text: String
    ) {
        var guide = Guide(.ph)
        let refusal = guide.walk(method, points)
        #expect(refusal?.contains(text) == true, "\(refusal ?? "applied")")
        #expect(guide.state.calibration.current == nil)
    }

    /// 59.16 mV ± 15 %, three times amplified, on 12 bits at 3.3 V: 187.19 to 253.25 counts for each pH.
    @Test(arguments: [(187, false), (188, true), (220, true), (253, true), (254, false)])
    func `an electrode may be 15 % off the ideal slope`(countsPerPH: Double, isAccepted: Bool) {
        var guide = Guide(.ph)
        let refusal = guide.walk(.ph, [(1862 + 3 * countsPerPH, 4), (1862, 7)])
        #expect((refusal == nil) == isAccepted, "\(refusal ?? "")")
    }

    @Test func `an EC cell's factor corrects the nominal line`() {
        var guide = Guide(.ec)
        // 1413 µS/cm would nominally be 0.23317 V.
        #expect(guide.walk(.ecOnePoint, [(Self.counts(0.25), 1413)]) == nil)
        #expect(guide.sample(Self.counts(0.25)).value == 1413)
        #expect(guide.sample(Self.counts(0.5)).value == 2826)
        #expect(guide.sample(Self.counts(0.5)).quality == .good)
    }

    @Test(arguments: [(0.1, "the cell's factor would be 2.33"), (0.5, "the cell's factor would be 0.47")])
    func `an EC cell far from nominal is refused`(volts: Double, text: String) {
        var guide = Guide(.ec)
        #expect(guide.walk(.ecOnePoint, [(Self.counts(volts), 1413)])?.contains(text) == true)
    }

    @Test func `a solution's temperature is taken out of its reference, too`() {
        var guide = Guide(.ec)
        guide.celsius = 35
        // At 35 °C a solution of 1000 µS/cm at 25 °C conducts 1200.
        guide.hear(Self.counts(1200.0 / 6060))
        #expect(guide.do(.begin(.ecOnePoint, isInverted: false)) == nil)
        #expect(guide.do(.addPoint(reference: 1000, raw: nil)) == nil)
        #expect(guide.do(.apply) == nil)
        let current = guide.state.calibration.current
        #expect(current.map { abs($0.slope - 6060) < 1e-6 } == true, "\(current?.slope ?? 0)")
        #expect(current?.points.first?.celsius == 35)
    }

    @Test func `a dry probe in air and one solution give an EC line`() {
        var guide = Guide(.ec)
        // Next to nothing is at the converter's lower rail, and right for a probe in air.
        guide.hear(12)
        #expect(guide.do(.begin(.ecTwoPoint, isInverted: false)) == nil)
        #expect(guide.do(.addPoint(reference: 0, raw: nil)) == nil)
        #expect(guide.do(.addPoint(reference: 1413, raw: 312)) == nil)
        #expect(guide.do(.apply) == nil)
        #expect(guide.sample(162).value == 706.5)
        #expect(Guide(.ec).walked(.ecTwoPoint, [(312, 5), (500, 1413)])?.contains("in air (0)") == true)
        #expect(Guide(.ec).walked(.ecTwoPoint, [(3000, 0), (500, 1413)])?.contains("mixed up") == true)
    }

    @Test(arguments: [(false, 2600.0, 25.0), (true, 2600, 75)])
    func `a moisture probe is calibrated in dry and in wet ground`(isInverted: Bool, raw: Double, percent: Double) {
        var guide = Guide(.moisture)
        #expect(guide.walk(.moisture, [(3000, 0), (1400, 100)], isInverted: isInverted) == nil)
        #expect(guide.sample(raw).value == percent)
        #expect(guide.state.calibration.current?.points.map(\.raw) == [3000, 1400])
        #expect(Guide(.moisture).walked(.moisture, [(3000, 10), (1400, 100)])?.contains("dry ground (0)") == true)
    }

    @Test func `one point shifts a thermometer`() {
        var guide = Guide(.ds18b20)
        guide.hear(348)
        #expect(guide.do(.begin(.offset, isInverted: false)) == nil)
        #expect(guide.do(.addPoint(reference: 21.25, raw: nil)) == nil)
        #expect(guide.do(.apply) == nil)
        #expect(guide.sample(348).value == 21.25)
        #expect(guide.sample(0).value == -0.5)
        // Calibrated anew, the shift counts from the chip's own value and not from the shifted one.
        #expect(guide.walk(.offset, [(348, 21.75)]) == nil)
        #expect(guide.sample(348).value == 21.75)
        #expect(guide.state.calibration.current?.number == 2)
    }

    @Test func `a calibration whose method the kind no longer knows is not used`() {
        var guide = Guide(.ph)
        #expect(guide.walk(.linear, [(2519, 4), (1874, 7)]) == nil)
        var kind = SensorKind.ph
        kind.calibration = CalibrationRule(methods: [.ph], amplifierGain: 3)
        #expect(guide.state.context(for: kind).calibration == nil)
        #expect(guide.state.context(for: .ph).calibration?.number == 1)
    }
}
