import Testing
import TwinCore

@testable import doppel

@Suite struct ShippedModelsTests {
    private let catalogue: Catalogue

    init() throws { catalogue = try CatalogueLoader.load(directory: "\(Repository.folder)/twins") }

    /// The table of the protocol, section 9.4, as far as kinds have a formula yet.
    @Test(
        arguments: [
            ("ds18b20", ["temperature_ds18b20"], "°C", -55.0, 125.0, .ds18b20, 180),
            ("sht31_temp", ["temperature_sht31"], "°C", -40, 125, .sht31Temperature, 180),
            ("sht31_humidity", ["humidity_sht31"], "%RH", 0, 100, .sht31Humidity, 180),
            ("ph", ["ph_sensor"], "pH", 0, 14, .ph, nil),
            ("ec", ["ec_sensor"], "µS/cm", 0, 20_000, .ec, nil),
            ("moisture", ["soil_moisture"], "%", 0, 100, .moisture, 300),
        ] as [(String, [String], String, Double, Double, Conversion, Int?)])
    func sensorsAreAsTheProtocolSays(
        name: String, aliases: [String], unit: String, low: Double, high: Double, conversion: Conversion, stale: Int?
    ) throws {
        let kind = try #require(catalogue.sensorKind(name))
        #expect(
            kind
                == SensorKind(
                    name: name, aliases: aliases, unit: unit, range: low...high, conversion: conversion,
                    staleAfterSeconds: stale))
        #expect(aliases.allSatisfy { catalogue.sensorKind($0) == kind })
    }

    @Test(
        arguments: [
            ("pump", .digital, 2), ("relay", .digital, 0), ("valve", .position, 0), ("pwm", .pwm, 0),
        ] as [(String, ActuatorKind.Semantics, Int)])
    func actuatorsAreAsTheProtocolSays(name: String, semantics: ActuatorKind.Semantics, minOff: Int) {
        let kind = catalogue.actuatorKind(name)
        #expect(kind.name == name)
        #expect(kind.semantics == semantics)
        #expect(kind.maxOnSeconds == 3600)
        #expect(kind.minOffSeconds == minOff)
        #expect(kind != .unknown(name))
    }

    @Test func thereAreNoOthers() {
        #expect(catalogue.sensorKinds.count == 6)
        #expect(catalogue.actuatorKinds.count == 4)
    }
}
