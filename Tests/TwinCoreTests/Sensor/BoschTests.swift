import Testing
import TwinCore

@Suite struct BoschTests {
    /// The worked example of the BMP280 data sheet, section 3.12.
    private static let example = BoschWords(
        temperature: BoschWords.Temperature(t1: 27_504, t2: 26_435, t3: -1000),
        pressure: BoschWords.Pressure(
            p1: 36_477, p2: -10_685, p3: 3024, p4: 2855, p5: 140, p6: -7, p7: 15_500, p8: -14_600, p9: 6000),
        humidity: BoschWords.Humidity(h1: 75, h2: 362, h3: 0, h4: 313, h5: 50, h6: 30))
    private static let exampleTemperature = 519_888.0
    private static let examplePressure = 415_148.0

    private func context(
        _ words: BoschWords? = BoschTests.example, temperature: Double? = BoschTests.exampleTemperature
    ) -> ProcessingContext {
        ProcessingContext(registers: ChipRegisters(words: words, rawTemperature: temperature))
    }

    @Test(arguments: BoschChip.allCases) func `the data sheet's example comes out as it says`(_ chip: BoschChip) {
        let celsius = SensorKind.bosch(chip, .temperature).process(Self.exampleTemperature, in: context())
        #expect(celsius.value == 25.08)
        let pressure = Processing([.bosch(chip, .pressure)]).convert(Self.examplePressure, in: context()).value
        // 100653.27 Pa with 64-bit integers, 100653.25 Pa with floating point.
        #expect(pressure.map { abs($0 - 1006.5327) < 0.0005 } == true, "\(pressure ?? 0)")
        #expect(SensorKind.bosch(chip, .pressure).process(Self.examplePressure, in: context()).value == 1006.53)
    }

    @Test(arguments: Array(stride(from: 200_000, through: 600_000, by: 40_000)), [-150_000, 0, 128_422, 400_000])
    func `pressure agrees with the 64-bit integer formula`(raw: Int, fine: Int64) throws {
        var context = context(temperature: nil)
        context.celsius = Double(fine) / 5120
        let floating = Processing([.bosch(.bmp280, .pressure)]).convert(Double(raw), in: context)
        let pascals = Double(Self.integerPressure(Int64(raw), fine)) / 256
        #expect(abs(try #require(floating.value) * 100 - pascals) < 1, "\(pascals)")
    }

    @Test(arguments: Array(stride(from: 18_000, through: 50_000, by: 2000)))
    func `humidity agrees with the 32-bit integer formula`(raw: Int) throws {
        let floating = Processing([.bosch(.bme280, .humidity)]).convert(Double(raw), in: context())
        let percent = Double(Self.integerHumidity(Int32(raw), 128_422)) / 1024
        #expect(abs(try #require(floating.value) - percent) < 0.02, "\(percent)")
    }

    @Test func `without the temperature word the chip's own reading stands in for it`() throws {
        var context = context(temperature: nil)
        let pressure = Processing([.bosch(.bme280, .pressure)])
        #expect(pressure.convert(Self.examplePressure, in: context).failure == .missingTemperature)
        context.celsius = 25.08
        let value = try #require(pressure.convert(Self.examplePressure, in: context).value)
        #expect(abs(value - 1006.5327) < 0.02)
    }

    @Test(arguments: [(BoschQuantity.temperature, 21.5), (.pressure, 1013.25), (.humidity, 55)])
    func `a value that is physical already passes as it is`(quantity: BoschQuantity, raw: Double) {
        let kind = SensorKind.bosch(.bme280, quantity)
        #expect(kind.process(raw).value == raw)
        #expect(kind.process(raw, in: context()).value == raw)
    }

    @Test(
        arguments: [
            (.temperature, 519_888, nil, .missingRegisters), (.pressure, 415_148, nil, .missingRegisters),
            (.humidity, 30_000, nil, .missingRegisters), (.temperature, -300, example, .outsideDomain),
            (.pressure, 1_048_576, example, .outsideDomain), (.temperature, 0x80000, example, .notMeasured),
            (.humidity, 0x8000, example, .notMeasured),
            (.pressure, 415_148, BoschWords(temperature: example.temperature), .missingRegisters),
            (
                .pressure, 415_148,
                BoschWords(
                    temperature: example.temperature,
                    pressure: BoschWords.Pressure(
                        p1: 0, p2: 0, p3: 0, p4: 0, p5: 0, p6: 0, p7: 0, p8: 0, p9: 0)), .outsideDomain
            ),
        ] as [(BoschQuantity, Double, BoschWords?, ProcessingFailure)])
    func `a register word that cannot be compensated gives no value`(
        quantity: BoschQuantity, raw: Double, words: BoschWords?, failure: ProcessingFailure
    ) {
        let processed = SensorKind.bosch(.bme280, quantity).process(raw, in: context(words))
        #expect(processed.value == nil)
        #expect(processed.quality == .error)
        #expect(processed.failure == failure)
    }

    @Test func `a BMP280 has no hygrometer, whatever its words say`() {
        let processed = Processing([.bosch(.bmp280, .humidity)]).convert(30_000, in: context())
        #expect(processed.failure == .missingRegisters)
    }

    @Test func `calibration words are sent once, and kept`() throws {
        let kind = SensorKind.bosch(.bme280, .temperature)
        var state = SensorState(key: SensorKey(gpio: .pin(0), type: kind.name, address: .i2c(118)))
        let first = try state.decide(
            on: report(ChipRegisters(words: Self.example)), kind: kind, digest: 1, at: .at(0))
        #expect(first.events.count == 2)
        #expect(first.newWords == Self.example)
        #expect(first.sample.value == 25.08)
        for event in first.events { state.apply(event, at: .at(0)) }
        let second = try state.decide(on: report(nil), kind: kind, digest: 2, at: .at(1000))
        #expect(second.events == [.sampled(second.sample)])
        #expect(second.sample.value == 25.08)
        let again = try state.decide(
            on: report(ChipRegisters(words: Self.example)), kind: kind, digest: 3, at: .at(2000))
        #expect(again.newWords == nil)
        #expect(try stored(state) == state)
    }

    @Test func `another sensor of the chip may know the words`() throws {
        let kind = SensorKind.bosch(.bme280, .temperature)
        let state = SensorState(key: SensorKey(gpio: .pin(0), type: kind.name, address: .i2c(118)))
        let decision = try state.decide(
            on: report(nil), kind: kind, siblingWords: Self.example, digest: 1, at: .at(0))
        #expect(decision.sample.value == 25.08)
        #expect(decision.newWords == nil)
    }

    private func report(_ registers: ChipRegisters?) -> SensorReport {
        SensorReport(
            gpio: .pin(0), type: "bme280_temp", address: .i2c(118), raw: Self.exampleTemperature,
            clock: DeviceClock(wire: 1_777_600_000), digest: 1, registers: registers)
    }

    /// The 64-bit formula of the BMP280 data sheet, section 3.11.3, for the example's words: Pa in 256ths.
    private static func integerPressure(_ raw: Int64, _ fine: Int64) -> Int64 {
        guard let words = example.pressure else { return 0 }
        var first = fine - 128_000
        var second = first * first * Int64(words.p6)
        second += (first * Int64(words.p5)) << 17
        second += Int64(words.p4) << 35
        first = ((first * first * Int64(words.p3)) >> 8) + ((first * Int64(words.p2)) << 12)
        first = (((Int64(1) << 47) + first) * Int64(words.p1)) >> 33
        var pressure = 1_048_576 - raw
        pressure = (((pressure << 31) - second) * 3125) / first
        let square = (Int64(words.p9) * (pressure >> 13) * (pressure >> 13)) >> 25
        let line = (Int64(words.p8) * pressure) >> 19
        return ((pressure + square + line) >> 8) + (Int64(words.p7) << 4)
    }

    /// The 32-bit formula of the BME280 data sheet, section 4.2.3, for the example's words: %RH in 1024ths.
    private static func integerHumidity(_ raw: Int32, _ fine: Int32) -> UInt32 {
        guard let words = example.humidity else { return 0 }
        var x = fine - 76_800
        let offset = ((raw << 14) - (Int32(words.h4) << 20) - (Int32(words.h5) * x) + 16_384) >> 15
        let inner = (((x * Int32(words.h3)) >> 11) + 32_768)
        let gain = (((((x * Int32(words.h6)) >> 10) * inner) >> 10) + 2_097_152)
        x = offset * ((gain * Int32(words.h2) + 8192) >> 14)
        x -= ((((x >> 15) * (x >> 15)) >> 7) * Int32(words.h1)) >> 4
        return UInt32(min(max(x, 0), 419_430_400) >> 12)
    }
}
