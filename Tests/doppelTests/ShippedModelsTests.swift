import Testing
import TwinCore

@testable import doppel

@Suite struct ShippedModelsTests {
    private let catalogue: Catalogue

    init() throws { catalogue = try CatalogueLoader.load(directory: "\(Repository.folder)/twins") }

    typealias Row = (name: String, aliases: [String], unit: String, low: Double, high: Double, stale: Int?)

    /// The table of the protocol, section 9.4, and the kinds that go beyond it.
    @Test(
        arguments: [
            ("ds18b20", ["temperature_ds18b20"], "°C", -55, 125, 180),
            ("sht31_temp", ["temperature_sht31"], "°C", -40, 125, 180),
            ("sht31_humidity", ["humidity_sht31"], "%RH", 0, 100, 180),
            ("dht22_temp", ["temperature_dht22"], "°C", -40, 80, 180),
            ("dht22_humidity", ["humidity_dht22"], "%RH", 0, 100, 180),
            ("bmp280_temp", ["temperature_bmp280"], "°C", -40, 85, 180),
            ("bmp280_pressure", ["pressure_bmp280"], "hPa", 300, 1100, 300),
            ("bme280_temp", ["temperature_bme280"], "°C", -40, 85, 180),
            ("bme280_pressure", ["pressure_bme280"], "hPa", 300, 1100, 300),
            ("bme280_humidity", ["humidity_bme280"], "%RH", 0, 100, 180),
            ("ph", ["ph_sensor"], "pH", 0, 14, nil), ("ph_atlas", [], "pH", 0, 14, nil),
            ("ec", ["ec_sensor"], "µS/cm", 0, 20_000, nil), ("ec_ads1115", [], "µS/cm", 0, 20_000, nil),
            ("ec_atlas", [], "µS/cm", 0, 500_000, nil),
            ("moisture", ["soil_moisture"], "%", 0, 100, 300), ("moisture_resistive", [], "%", 0, 100, 300),
            ("mhz19_co2", ["mhz19"], "ppm", 0, 10_000, 180), ("scd30_co2", [], "ppm", 0, 10_000, 180),
            ("scd30_temp", ["temperature_scd30"], "°C", -40, 70, 180),
            ("scd30_humidity", ["humidity_scd30"], "%RH", 0, 100, 180), ("co2", [], "ppm", 0, 10_000, 180),
            ("light", ["tsl2561", "bh1750"], "lux", 0, 200_000, 180), ("flow", ["yfs201"], "L/min", 0, 1000, 180),
            ("vpd", [], "kPa", 0, 48, 180), ("analog", [], "V", 0, 3.3, 180), ("digital", [], "", 0, 1, 180),
            ("temperature", [], "°C", -55, 150, 180), ("humidity", [], "%RH", 0, 100, 180),
            ("pressure", [], "hPa", 300, 1100, 180),
        ] as [Row])
    func sensorsAreAsTheProtocolSays(_ row: Row) throws {
        let kind = try #require(catalogue.sensorKind(row.name))
        #expect(kind.name == row.name)
        #expect(kind.aliases == row.aliases)
        #expect(kind.unit == row.unit)
        #expect(kind.range == row.low...row.high)
        #expect(kind.staleAfterSeconds == row.stale)
        #expect(row.aliases.allSatisfy { catalogue.sensorKind($0) == kind })
    }

    @Test(
        arguments: [
            ("pump", .digital, .off, "pump", 255, 2), ("relay", .digital, .off, "relay", 255, 0),
            ("valve", .position, .closed, "valve", 254, 0), ("pwm", .pwm, .off, "pwm", 255, 0),
            ("servo", .servo, .off, "pwm", 255, 0), ("digital", .digital, .off, "relay", 255, 0),
        ] as [(String, ActuatorKind.Semantics, ActuatorKind.SafeState, String, Int, Int)])
    func actuatorsAreAsTheProtocolSays(
        name: String, semantics: ActuatorKind.Semantics, safeState: ActuatorKind.SafeState, wireType: String,
        fullScale: Int, minOff: Int
    ) {
        let kind = catalogue.actuatorKind(name)
        #expect(kind.name == name)
        #expect(kind.semantics == semantics)
        #expect(kind.safeState == safeState)
        #expect(kind.wireType == wireType)
        #expect(kind.fullScale == fullScale)
        #expect(kind.limits.maxOnSeconds == 3600)
        #expect(kind.limits.minOffSeconds == minOff)
        #expect(kind != .unknown(name))
    }

    /// The protocol, section 11.2: what the device's driver refuses is refused before it is asked.
    @Test(arguments: ["pump", "relay", "digital"])
    func switchedOutputsAreBoundAsTheFirmwareBindsThem(name: String) {
        let limits = catalogue.actuatorKind(name).limits
        #expect(limits.startsPerHour == 60)
        #expect(limits.coolDown == CoolDown(runSeconds: 3600, restSeconds: 30))
    }

    @Test func noKindAsksForWhatASiteMayNotHave() {
        for kind in catalogue.actuatorKinds {
            #expect(kind.limits.levels == 0...1 && kind.limits.guards.isEmpty && kind.limits.effect == nil)
            #expect(kind.limits.hazard == .none)
            #expect((30...35).contains(kind.limits.safeWithinSeconds))
        }
    }

    @Test func theExampleIsRightOnceItsMarksAreTakenAway() throws {
        let text = try Repository.text("twins/sites/example.yaml")
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let start = try #require(lines.firstIndex { $0.hasPrefix("# devices:") })
        let example = lines[..<start].filter { $0 != "devices: {}" } + lines[start...].map { $0.dropFirst(2) }
        let yaml = try YAMLText(example.joined(separator: "\n"), path: "example.yaml")
        let file = SiteFile(yaml, fileName: "example.yaml", known: catalogue)
        #expect(file.problems.map(\.description) == [])
        #expect(file.rules.interlockProblems.isEmpty && file.rules.drawProblems.isEmpty)
        let site = try #require(file.site)
        #expect(site.interlocks.count == 3 && site.budgets.count == 1 && site.reset != nil)
        #expect(site.devices.values.flatMap(\.actuators.values).count == 2)
    }

    @Test func thereAreNoOthers() {
        #expect(catalogue.sensorKinds.count == 30)
        #expect(catalogue.actuatorKinds.count == 6)
    }

    @Test(arguments: [("ph", 30), ("ec", 30), ("moisture", 90), ("ds18b20", nil)] as [(String, Int?)])
    func calibrationsAreRenewedAsTheProtocolSays(name: String, days: Int?) throws {
        #expect(try #require(catalogue.sensorKind(name)).calibration?.validDays == days)
    }

    @Test func noRawValueTrapsOrGivesANumberThatIsNone() {
        let extremes: [Double] = [
            0, -0.0, 1, -1, 50, 1360, -2032, 4095, 32_768, 65_535, 524_288, 1_048_575, 2_147_483_647, -2_147_483_648,
            1e18, -1e300, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity, -.infinity, .nan,
        ]
        let words = BoschWords(
            temperature: BoschWords.Temperature(t1: .max, t2: .min, t3: .min),
            pressure: BoschWords.Pressure(
                p1: 1, p2: .min, p3: .max, p4: .min, p5: .max, p6: .min, p7: .max, p8: .min, p9: .max),
            humidity: BoschWords.Humidity(h1: .max, h2: .min, h3: .max, h4: .min, h5: .max, h6: .min))
        let contexts = [
            ProcessingContext(),
            ProcessingContext(
                calibration: CalibrationUse(number: 1, form: .line, slope: 1e300, offset: -1e300), celsius: -237.3,
                registers: ChipRegisters(words: words, rawTemperature: 1_048_575)),
            ProcessingContext(
                calibration: CalibrationUse(number: 1, form: .shift, slope: 1, offset: 1e308), celsius: 80,
                registers: ChipRegisters(words: words)),
        ]
        for kind in catalogue.sensorKinds {
            for (raw, context) in extremes.flatMap({ raw in contexts.map { (raw, $0) } }) {
                let processed = kind.process(raw, in: context)
                #expect(processed.value?.isFinite ?? (processed.failure != nil), "\(kind.name) of \(raw)")
                #expect(raw.isFinite || processed.value == nil, "\(kind.name) of \(raw)")
            }
        }
    }
}
