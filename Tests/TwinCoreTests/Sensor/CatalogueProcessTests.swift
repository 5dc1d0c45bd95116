import Testing
import TwinCore

@Suite struct CatalogueProcessTests {
    private let catalogue = Catalogue(
        sensorKinds: [
            .ds18b20, .sht31Temperature, .sht31Humidity, .ph, .bosch(.bme280, .temperature), .bosch(.bme280, .humidity),
        ], actuatorKinds: [])

    private func refusal(_ word: String, _ raw: Double) -> Refusal? {
        do throws(Refusal) {
            _ = try catalogue.process(word, raw: raw)
            return nil
        } catch { return error }
    }

    @Test(arguments: ["ds18b20", "temperature_ds18b20"])
    func `a kind of one value gives one, by any of its names`(word: String) throws {
        #expect(
            try catalogue.process(word, raw: 348) == [
                ProcessedMember(name: "value", value: 21.75, unit: "°C", quality: .good)
            ])
    }

    @Test(arguments: [Double(39_321 << 16 | 26_214), Double(Int32(bitPattern: 39_321 << 16 | 26_214))])
    func `a chip's values come packed in one word, signed or not`(raw: Double) throws {
        #expect(
            try catalogue.process("sht31", raw: raw) == [
                ProcessedMember(name: "temperature", value: 25, unit: "°C", quality: .good),
                ProcessedMember(name: "humidity", value: 60, unit: "%RH", quality: .good),
            ])
    }

    @Test(
        arguments: [
            ("lux", 1, .unknownValue, "'lux' is the name of no kind of sensor and of no chip"),
            ("sht31", 1.5, .outOfRange, "a packed word is a whole number of 32 bits"),
            ("sht31", 4_294_967_296, .outOfRange, "a packed word is a whole number of 32 bits"),
            ("bme280", 5, .outOfRange, "do not fit one word; ask for each by itself: bme280_temperature, bme280_hum"),
            ("ds18b20", -2032, .outOfRange, "stands for a fault of the sensor (1060)"),
            ("bme280_temperature", 519_888, .outOfRange, "the chip's calibration words are not known"),
            ("ph", .nan, .notFinite, "must be a finite number"),
        ] as [(String, Double, Refusal.Reason, String)])
    func `what gives no value is refused with the reason`(
        word: String, raw: Double, reason: Refusal.Reason, text: String
    ) {
        let refusal = refusal(word, raw)
        #expect(refusal?.reason == reason)
        #expect(refusal?.detail.contains(text) == true, "\(refusal?.detail ?? "")")
    }

    @Test func `a value outside the physical range is given, and called critical`() throws {
        #expect(try catalogue.process("sht31_temp", raw: 65_535).map(\.quality) == [.critical])
    }

    @Test func `raw values are not limited to a converter's range`() throws {
        #expect(try catalogue.process("sht31_temp", raw: 26_214).map(\.value) == [25])
        #expect(try catalogue.process("ds18b20", raw: -88).map(\.value) == [-5.5])
    }

    @Test func `a known sensor's calibration is used`() throws {
        let use = CalibrationUse(number: 1, form: .line, slope: -5.7692, offset: 15.7115)
        let values = try catalogue.process("ph", raw: 1874, in: ProcessingContext(calibration: use))
        #expect(values == [ProcessedMember(name: "value", value: 7, unit: "pH", quality: .good)])
    }
}
