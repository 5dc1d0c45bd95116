import Testing
import TwinCore

@Suite struct ReprocessingTests {
    private func sample(
        raw: Double, value: Double?, unit: String, reported: Quality? = .good, model: ModelStamp? = nil
    ) -> Sample {
        Sample(
            raw: raw, value: value, unit: unit, quality: .unknown, eventTime: .beginning, receiptTime: .beginning,
            claimedTime: .beginning, digest: 1, isTimely: true, reportedQuality: reported, model: model)
    }

    @Test func `a stored raw value is processed again with today's model`() throws {
        let old = sample(raw: 348, value: 99, unit: "°C", model: ModelStamp(version: 1, calibration: 0))
        let new = try #require(old.reprocessed(.ds18b20, context: ProcessingContext()))
        #expect(new.value == 21.75)
        #expect(new.quality == .good)
        #expect(new.model == ModelStamp(version: 0xD518_B020, calibration: 0))
        #expect(new.eventTime == old.eventTime)
        #expect(new.digest == old.digest)
    }

    @Test func `what the device said of it still counts`() {
        let old = sample(
            raw: 348, value: 99, unit: "°C", reported: .suspect, model: ModelStamp(version: 1, calibration: 0))
        #expect(old.reprocessed(.ds18b20, context: ProcessingContext())?.quality == .suspect)
    }

    @Test func `raw values that were passed through are processed, a device's own are left`() {
        let passed = sample(raw: 348, value: 348, unit: "")
        #expect(passed.reprocessed(.ds18b20, context: ProcessingContext())?.value == 21.75)
        let own = sample(raw: 348, value: 22.5, unit: "°C")
        #expect(own.reprocessed(.ds18b20, context: ProcessingContext()) == nil)
        #expect(sample(raw: 20, value: 20, unit: "°C").reprocessed(.ds18b20, context: ProcessingContext()) == nil)
    }

    @Test func `a value whose formula needs what is not stored stays`() {
        let old = sample(raw: 415_148, value: 1006.53, unit: "hPa", model: ModelStamp(version: 1, calibration: 0))
        #expect(old.reprocessed(.bosch(.bmp280, .pressure), context: ProcessingContext()) == nil)
        let deficit = sample(raw: 50, value: 1.58, unit: "kPa", model: ModelStamp(version: 1, calibration: 0))
        #expect(deficit.reprocessed(.vpd, context: ProcessingContext()) == nil)
        #expect(SensorKind.bosch(.bmp280, .pressure).processing.usesRegisters)
        #expect(!SensorKind.ds18b20.processing.usesRegisters)
    }
}
