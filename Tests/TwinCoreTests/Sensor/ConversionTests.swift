import Testing
import TwinCore

@Suite struct ConversionTests {
    typealias Row = (kind: Conversion, raw: Double, value: Double, quality: Quality)

    private func checkConversion(_ row: Row) {
        let converted = row.kind.convert(row.raw)
        #expect(converted.value == row.value, "\(row.kind) of \(row.raw)")
        #expect(converted.quality == row.quality, "\(row.kind) of \(row.raw)")
    }

    @Test(
        arguments: [
            (.ds18b20, 348, 21.75, .good), (.ds18b20, -88, -5.5, .good), (.ds18b20, 0, 0, .good),
            (.ds18b20, 1, 0.06, .good), (.ds18b20, -160, -10, .good), (.ds18b20, -161, -10.06, .fair),
            (.ds18b20, 1360, 85, .suspect), (.ds18b20, 1359, 84.94, .good), (.ds18b20, 1361, 85.06, .fair),
            (.ds18b20, -880, -55, .fair), (.ds18b20, 2000, 125, .fair), (.ds18b20, -2032, -127, .error),
            (.ds18b20, -881, -55.06, .error), (.ds18b20, 2001, 125.06, .error),
        ] as [Row])
    func `a DS18B20 counts sixteenths of a degree`(_ row: Row) { checkConversion(row) }

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
    func `an SHT31 counts ticks of 16 bits`(_ row: Row) { checkConversion(row) }

    @Test(
        arguments: [
            (.ph, 1862, 7, .fair), (.ph, 1861, 7, .fair), (.ph, 798, 10, .fair), (.ph, 790, 10.02, .poor),
            (.ph, 2925, 4, .fair), (.ph, 2940, 3.96, .poor), (.ph, 0, 12.25, .suspect), (.ph, 49, 12.11, .suspect),
            (.ph, 50, 12.11, .poor), (.ph, 4045, 0.84, .poor), (.ph, 4046, 0.84, .suspect), (.ph, 4095, 0.7, .suspect),
            (.ph, 100_000, 0, .suspect), (.ph, -100_000, 14, .suspect),
        ] as [Row])
    func `a pH probe without calibration has its nominal slope`(_ row: Row) { checkConversion(row) }

    @Test(
        arguments: [
            (.ec, 1000, 4883.5, .fair), (.ec, 50, 244.2, .fair), (.ec, 49, 239.3, .suspect),
            (.ec, 3072, 15_002.2, .poor),
            (.ec, 3071, 14_997.3, .fair), (.ec, 4045, 19_753.8, .poor), (.ec, 4095, 19_998, .suspect),
            (.ec, 0, 0, .suspect), (.ec, -5, 0, .suspect), (.ec, 5000, 20_000, .suspect),
        ] as [Row])
    func `an EC probe without calibration has its nominal gain`(_ row: Row) { checkConversion(row) }

    @Test(
        arguments: [
            (.moisture, 2350, 50, .good), (.moisture, 3200, 0, .poor), (.moisture, 1500, 100, .poor),
            (.moisture, 3400, 0, .poor), (.moisture, 1000, 100, .poor), (.moisture, 3030, 10, .fair),
            (.moisture, 3031, 9.9, .poor), (.moisture, 2860, 20, .good), (.moisture, 2861, 19.9, .fair),
            (.moisture, 1840, 80, .good), (.moisture, 1839, 80.1, .fair), (.moisture, 1585, 95, .fair),
            (.moisture, 1584, 95.1, .poor), (.moisture, 4095, 0, .suspect), (.moisture, 0, 100, .suspect),
        ] as [Row])
    func `a moisture probe is linear between dry and wet`(_ row: Row) { checkConversion(row) }
}
