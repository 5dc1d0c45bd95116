import Testing
import TwinCore

@Suite struct ProcessingTests {
    typealias Row = (kind: SensorKind, raw: Double, value: Double, quality: Quality)

    private func check(_ row: Row) {
        let processed = row.kind.processing.convert(row.raw)
        #expect(processed.value == row.value, "\(row.kind.name) of \(row.raw)")
        #expect(processed.quality == row.quality, "\(row.kind.name) of \(row.raw)")
    }

    @Test(
        arguments: [
            (.ds18b20, 348, 21.75, .good), (.ds18b20, -88, -5.5, .good), (.ds18b20, 0, 0, .good),
            (.ds18b20, 1, 0.06, .good), (.ds18b20, -160, -10, .good), (.ds18b20, -161, -10.06, .fair),
            (.ds18b20, 1360, 85, .suspect), (.ds18b20, 1359, 84.94, .good), (.ds18b20, 1361, 85.06, .fair),
            (.ds18b20, -880, -55, .fair), (.ds18b20, 2000, 125, .fair), (.ds18b20, -2032, -127, .error),
            (.ds18b20, -881, -55.06, .error), (.ds18b20, 2001, 125.06, .error),
        ] as [Row])
    func `a DS18B20 counts sixteenths of a degree`(_ row: Row) { check(row) }

    @Test(
        arguments: [
            (.sht31Temperature, 0, -45, .fair), (.sht31Temperature, 65_535, 130, .fair),
            (.sht31Temperature, 26_214, 25, .good), (.sht31Temperature, 16_852, 0, .good),
            (.sht31Temperature, 41_193, 65, .good), (.sht31Temperature, 41_260, 65.2, .fair),
            (.sht31Humidity, 39_321, 60, .good), (.sht31Humidity, 0, 0, .poor), (.sht31Humidity, 65_535, 100, .poor),
            (.sht31Humidity, 70_000, 100, .poor), (.sht31Humidity, -10, 0, .poor), (.sht31Humidity, 3_276, 5, .fair),
            (.sht31Humidity, 13_107, 20, .good), (.sht31Humidity, 13_000, 19.8, .fair),
            (.sht31Humidity, 52_428, 80, .good), (.sht31Humidity, 52_500, 80.1, .fair),
            (.sht31Humidity, 62_258, 95, .fair), (.sht31Humidity, 62_300, 95.1, .poor),
        ] as [Row])
    func `an SHT31 counts ticks of 16 bits`(_ row: Row) { check(row) }

    @Test(
        arguments: [
            (.ph, 1862, 7, .fair), (.ph, 1861, 7, .fair), (.ph, 798, 10, .fair), (.ph, 790, 10.02, .poor),
            (.ph, 2925, 4, .fair), (.ph, 2940, 3.96, .poor), (.ph, 0, 12.25, .suspect), (.ph, 49, 12.11, .suspect),
            (.ph, 50, 12.11, .poor), (.ph, 4045, 0.84, .poor), (.ph, 4046, 0.84, .suspect), (.ph, 4095, 0.7, .suspect),
            (.ph, 100_000, 0, .suspect), (.ph, -100_000, 14, .suspect),
        ] as [Row])
    func `a pH probe without calibration has its nominal slope`(_ row: Row) { check(row) }

    @Test(
        arguments: [
            (.ec, 1000, 4883.5, .fair), (.ec, 50, 244.2, .fair), (.ec, 49, 239.3, .suspect),
            (.ec, 3072, 15_002.2, .poor),
            (.ec, 3071, 14_997.3, .fair), (.ec, 4045, 19_753.8, .poor), (.ec, 4095, 19_998, .suspect),
            (.ec, 0, 0, .suspect), (.ec, -5, 0, .suspect), (.ec, 5000, 20_000, .suspect),
        ] as [Row])
    func `an EC probe without calibration has its nominal gain`(_ row: Row) { check(row) }

    @Test(
        arguments: [
            (.moisture, 2350, 50, .good), (.moisture, 3200, 0, .poor), (.moisture, 1500, 100, .poor),
            (.moisture, 3400, 0, .poor), (.moisture, 1000, 100, .poor), (.moisture, 3030, 10, .fair),
            (.moisture, 3031, 9.9, .poor), (.moisture, 2860, 20, .good), (.moisture, 2861, 19.9, .fair),
            (.moisture, 1840, 80, .good), (.moisture, 1839, 80.1, .fair), (.moisture, 1585, 95, .fair),
            (.moisture, 1584, 95.1, .poor), (.moisture, 4095, 0, .suspect), (.moisture, 0, 100, .suspect),
        ] as [Row])
    func `a moisture probe is linear between dry and wet`(_ row: Row) { check(row) }

    @Test(arguments: [(-2032, 1060), (1360, 1061), (2001, 1062), (348, nil)] as [(Double, Int?)])
    func `a fault has its number`(raw: Double, code: Int?) {
        #expect(SensorKind.ds18b20.processing.convert(raw).errorCode == code)
    }

    @Test(
        arguments: [
            (.polynomial([1, 2, 3]), 2, 17), (.polynomial([5]), 9, 5),
            (.lookup([LookupPoint(0, 0), LookupPoint(10, 100), LookupPoint(20, 110)]), 5, 50),
            (.lookup([LookupPoint(0, 0), LookupPoint(10, 100), LookupPoint(20, 110)]), 15, 105),
            (.lookup([LookupPoint(0, 0), LookupPoint(10, 100), LookupPoint(20, 110)]), 30, 120),
            (.lookup([LookupPoint(0, 0), LookupPoint(10, 100), LookupPoint(20, 110)]), -1, -10),
            (.adc(fullScaleCounts: 32_767, fullScaleVolts: 5), 32_767, 5), (.clamp(0...14), 20, 14),
            (.round(decimals: 0), 2.5, 3), (.round(decimals: 3), -1.0005, -1.001),
            (.signMagnitude(bits: 16), 32_869, -101), (.signMagnitude(bits: 16), 351, 351),
            (.signMagnitude(bits: 16), -101, -101), (.pulses(perUnit: 450, windowSeconds: 1), 7.5, 1),
            (.pulses(perUnit: 450, windowSeconds: 10), 450, 6),
        ] as [(Step, Double, Double)])
    func `each step does what it says`(step: Step, raw: Double, value: Double) {
        #expect(Processing([step]).convert(raw).value == value)
    }

    @Test func `pressure at sea level is that of the barometric formula`() throws {
        let value = try #require(Processing([.seaLevel(altitudeMetres: 500)]).convert(955).value)
        #expect(abs(value - 1013.66) < 0.05, "\(value)")
        #expect(Processing([.seaLevel(altitudeMetres: 44_330)]).convert(955).failure == .outsideDomain)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `what is not finite is a failure and never a value`(_ raw: Double) {
        for kind in [SensorKind.ds18b20, .ph, .moisture, .bosch(.bme280, .pressure)] {
            let processed = kind.processing.convert(raw)
            #expect(processed.value == nil)
            #expect(processed.failure != nil)
            #expect(processed.quality == .error)
        }
    }

    @Test func `a formula that overflows or a table without lines fails`() {
        #expect(Processing([.linear(scale: 1e300, offset: 0)]).convert(1e300).failure == .notFinite)
        #expect(Processing([.lookup([])]).convert(1).failure == .notFinite)
        #expect(Processing([.polynomial([])]).convert(1).value == 0)
        #expect(Processing([.pulses(perUnit: 0, windowSeconds: 0)]).convert(1).failure == .notFinite)
    }

    @Test func `without rules the quality is left to the device`() {
        #expect(Processing([]).convert(5) == Processed(value: 5))
        #expect(Processing([.rail(below: 1, above: 4)]).convert(5).quality == .suspect)
    }

    @Test(arguments: [(20, 6.9, 6.90), (30, 5, 5.03), (15, 9, 9.06), (-5, 9, 9), (140, 9, 9)])
    func `a pH electrode's slope grows with temperature`(celsius: Double, raw: Double, value: Double) {
        let processing = Processing([.temperatureCompensation(.ph, referenceCelsius: 25), .round(decimals: 2)])
        #expect(processing.convert(raw, in: ProcessingContext(celsius: celsius)).value == value)
        #expect(processing.convert(raw).value == raw)
    }

    @Test(arguments: [(25, 1000, 1000), (35, 1200, 1000), (15, 800, 1000), (-25, 800, 800)])
    func `a solution conducts better when warm`(celsius: Double, raw: Double, value: Double) {
        let processing = Processing([.temperatureCompensation(.ec, referenceCelsius: 25), .round(decimals: 1)])
        #expect(processing.convert(raw, in: ProcessingContext(celsius: celsius)).value == value)
    }

    @Test(arguments: [(true, 7.0, Quality.good), (true, 2, .fair), (false, 7, .fair), (false, 3.5, .poor)])
    func `a rule may speak of calibrated sensors only`(isCalibrated: Bool, value: Double, quality: Quality) {
        let use = CalibrationUse(number: 1, form: .line, slope: 1, offset: 0)
        let processing = Processing([.clamp(0...14)], quality: SensorKind.ph.processing.quality)
        let context = ProcessingContext(calibration: isCalibrated ? use : nil)
        #expect(processing.convert(value, in: context).quality == quality)
    }
}
