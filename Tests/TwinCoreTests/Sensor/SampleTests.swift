import Testing
import TwinCore

@Suite struct SampleTests {
    private static let ds18b20 = SensorKind.ds18b20
    private static let sht31 = SensorKind.sht31Temperature

    private func report(
        _ raw: Double, quality: Quality? = .good, wire: Double = 1_777_600_000, isValid: Bool = true,
        change: (inout SensorReport) -> Void = { _ in }
    ) -> SensorReport {
        var report = SensorReport(
            gpio: .pin(4), type: "ds18b20", raw: raw, quality: quality,
            clock: DeviceClock(wire: wire, isValid: isValid), digest: 7)
        change(&report)
        return report
    }

    private func sample(
        _ report: SensorReport, kind: SensorKind? = SampleTests.ds18b20, at time: Int64 = 0
    ) throws(Refusal) -> Sample {
        try Sample(report, kind: kind, digest: report.digest, at: .at(time))
    }

    @Test func `a sample has a unit, a quality, both times and its source`() throws {
        let sample = try sample(report(348, wire: 1_777_599_998), at: 500)
        #expect(
            sample
                == Sample(
                    raw: 348, value: 21.75, unit: "°C", quality: .good,
                    eventTime: UnixTime(milliseconds: 1_777_599_998_000),
                    receiptTime: UnixTime(milliseconds: 1_777_600_000_500),
                    claimedTime: UnixTime(milliseconds: 1_777_599_998_000), digest: 7, isTimely: true,
                    reportedQuality: .good,
                    model: ModelStamp(version: 0xD518_B020, calibration: 0)))
    }

    @Test(
        arguments: [
            (348, .good, .good), (348, .suspect, .suspect), (348, nil, .good), (1360, .good, .suspect),
            (-2032, .good, .error), (-2032, .error, .error), (1361, .good, .fair), (348, .error, .error),
        ] as [(Double, Quality?, Quality)])
    func `the worse of the device's and the kind's judgement counts`(raw: Double, said: Quality?, judged: Quality)
        throws
    {
        #expect(try sample(report(raw, quality: said)).quality == judged)
    }

    @Test func `a value outside the physical range is critical`() throws {
        let sample = try sample(report(65_535), kind: Self.sht31)
        #expect(sample.value == 130)
        #expect(sample.quality == .critical)
        #expect(!sample.quality.isPlausible)
    }

    @Test func `an unknown kind passes its raw value through and nobody vouches for it`() throws {
        let sample = try sample(report(18_500) { $0.unit = "lux" }, kind: nil)
        #expect(sample.value == 18_500)
        #expect(sample.unit == "lux")
        #expect(sample.quality == .unknown)
        #expect(try self.sample(report(1, quality: .suspect), kind: nil).quality == .suspect)
        #expect(try self.sample(report(1, quality: nil), kind: nil).unit == "")
    }

    @Test func `a device that processed the value itself is taken at its word`() throws {
        let sample = try sample(
            report(348) {
                $0.isRaw = false
                $0.value = 22.5
            })
        #expect(sample.value == 22.5)
        #expect(sample.raw == 348)
        #expect(sample.quality == .good)
        let silent = try self.sample(
            report(20, quality: nil) { $0.isRaw = false })
        #expect(silent.value == 20)
        #expect(silent.quality == .unknown)
        let impossible = try self.sample(
            report(348) {
                $0.isRaw = false
                $0.value = 200
            })
        #expect(impossible.quality == .critical)
    }

    @Test func `an unknown kind with a value of its own shows that value`() throws {
        let sample = try sample(
            report(10) {
                $0.isRaw = false
                $0.value = 3.5
            }, kind: nil)
        #expect(sample.value == 3.5)
        #expect(sample.quality == .unknown)
    }

    @Test(arguments: [(120_000, true), (120_001, false), (-30_000, true), (-30_001, false), (3_600_000, false)])
    func `a sample is acted upon while it is recent`(age: Int64, isTimely: Bool) throws {
        #expect(try sample(report(348), at: age).isTimely == isTimely)
    }

    @Test func `a sample older than a day is refused`() throws {
        #expect(try sample(report(348), at: 86_400_000).eventTime == .beginning)
        #expect { try sample(report(348), at: 86_400_001) } throws: { ($0 as? Refusal)?.reason == .tooOld }
    }

    @Test(
        arguments: [(912, true), (912, false), (1_777_600_000, false), (0, true), (2_600_000_000, true)]
            as [(Double, Bool)])
    func `a device without a clock gets the receipt's time`(wire: Double, isValid: Bool) throws {
        let sample = try sample(report(348, wire: wire, isValid: isValid), at: 250)
        #expect(sample.eventTime == Moment.at(250).time)
        #expect(sample.claimedTime == DeviceClock(wire: wire).claimed)
        #expect(sample.isTimely)
    }

    @Test func `a retained sample that does not know its time is refused`() throws {
        #expect {
            try sample(report(348, wire: 912, isValid: false) { $0.isRetained = true })
        } throws: {
            ($0 as? Refusal)?.reason == .retainedWithoutTime
        }
        #expect(try sample(report(348) { $0.isRetained = true }, at: 1_000).eventTime == .beginning)
    }

    @Test func `an error code is kept with the sample`() throws {
        #expect(try sample(report(-2032, quality: .error) { $0.errorCode = 1060 }).errorCode == 1060)
    }

    @Test func `a kind is found by its name and by its aliases`() {
        let catalogue = Catalogue(sensorKinds: [Self.ds18b20, Self.sht31], actuatorKinds: [])
        #expect(catalogue.sensorKind("temperature_ds18b20")?.name == "ds18b20")
        #expect(catalogue.sensorKind("sht31_temp")?.name == "sht31_temp")
        #expect(catalogue.sensorKind("light") == nil)
    }
}
