import Testing
import TwinCore

@Suite struct VirtualSampleTests {
    private func sample(
        _ value: Double?, _ unit: String, at event: Int64 = 0, _ quality: Quality = .good
    ) -> Sample {
        Sample(
            raw: 1, value: value, unit: unit, quality: quality, eventTime: Moment.at(event).time,
            receiptTime: Moment.at(event).time, claimedTime: Moment.at(event).time, digest: 9, isTimely: true)
    }

    /// Saturation pressures: FAO Irrigation and Drainage Paper 56, annex 2, table 2.3 (20 °C 2.338, 30 °C 4.243 kPa).
    @Test(arguments: [(20, 0, 2.3383), (30, 0, 4.2431), (30, 50, 2.1216), (25, 60, 1.2671), (25, 100, 0)])
    func `a vapour-pressure deficit is that of the tables`(celsius: Double, percent: Double, kilopascals: Double)
        throws
    {
        let virtual = try #require(
            Sample(virtual: .vpd, temperature: sample(celsius, "°C"), humidity: sample(percent, "%RH")))
        #expect(abs(try #require(virtual.value) - kilopascals) < 0.0002, "\(virtual.value ?? -1)")
        #expect(virtual.unit == "kPa")
        #expect(virtual.raw == percent)
    }

    @Test func `it has the temperature's times, the worse quality and a digest of its own`() throws {
        let temperature = sample(25, "°C", at: 5000)
        let humidity = sample(50, "%RH", at: 1000, .poor)
        let virtual = try #require(Sample(virtual: .vpd, temperature: temperature, humidity: humidity))
        #expect(virtual.eventTime == temperature.eventTime)
        #expect(virtual.quality == .poor)
        #expect(virtual.digest != temperature.digest)
        #expect(virtual.model == ModelStamp(version: SensorKind.vpd.version, calibration: 0))
    }

    @Test func `what is not honest is not computed`() {
        let good = (temperature: sample(25, "°C"), humidity: sample(50, "%RH"))
        func virtual(_ temperature: Sample, _ humidity: Sample) -> Sample? {
            Sample(virtual: .vpd, temperature: temperature, humidity: humidity)
        }
        #expect(virtual(good.temperature, good.humidity) != nil)
        #expect(virtual(sample(25, "°C", .error), good.humidity) == nil)
        #expect(virtual(good.temperature, sample(50, "%RH", .critical)) == nil)
        #expect(virtual(sample(81, "°C"), good.humidity) == nil)
        #expect(virtual(sample(-41, "°C"), good.humidity) == nil)
        #expect(virtual(good.temperature, sample(101, "%RH")) == nil)
        #expect(virtual(sample(nil, "°C"), good.humidity) == nil)
        #expect(virtual(sample(26_214, ""), good.humidity) == nil)
        #expect(virtual(good.temperature, sample(50, "%RH", at: -60_000)) != nil)
        #expect(virtual(good.temperature, sample(50, "%RH", at: -60_001)) == nil)
        #expect(virtual(good.temperature, sample(50, "%RH", at: 60_001)) == nil)
        #expect(Sample(virtual: .ds18b20, temperature: good.temperature, humidity: good.humidity) == nil)
    }

    @Test func `a catalogue says which samples make virtual ones`() {
        let catalogue = Catalogue(sensorKinds: [.sht31Temperature, .sht31Humidity, .vpd], actuatorKinds: [])
        #expect(catalogue.virtualUses(of: "sht31_temp").map(\.partner) == ["sht31_humidity"])
        #expect(catalogue.virtualUses(of: "sht31_humidity").isEmpty)
    }
}
