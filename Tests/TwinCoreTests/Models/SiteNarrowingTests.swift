import Testing
import TwinCore

@Suite struct SiteNarrowingTests {
    private static let key = SensorKey(gpio: .pin(34), type: "ph", address: .none)

    private func catalogue(
        sensor: SensorOverride = SensorOverride(), actuator: ActuatorOverride = ActuatorOverride()
    ) -> Catalogue {
        let site = Site(
            name: "north",
            devices: [.greenhouse: DeviceOverride(sensors: [Self.key: sensor], actuators: [.pin(26): actuator])])
        return Catalogue(sensorKinds: [.electrode], actuatorKinds: [.pump], sites: [site])
    }

    @Test func anOverrideHoldsForItsSensorAlone() throws {
        let catalogue = catalogue(sensor: SensorOverride(range: 4...9, staleAfterSeconds: 60, intervalSeconds: 20))
        let narrowed = try #require(catalogue.sensorKind("ph_sensor", for: Self.key, of: .greenhouse))
        #expect(narrowed.range == 4...9)
        #expect(narrowed.staleAfterSeconds == 60)
        #expect(narrowed.intervalSeconds == 20)
        #expect(narrowed.unit == "pH")
        let elsewhere = SensorKey(gpio: .pin(35), type: "ph", address: .none)
        #expect(catalogue.sensorKind("ph", for: elsewhere, of: .greenhouse) == .electrode)
        #expect(catalogue.sensorKind("ph", for: Self.key, of: DeviceID("ESP_000001")!) == .electrode)
        #expect(catalogue.sensorKind("ph") == .electrode)
    }

    @Test func anUnknownWordStaysUnknown() {
        #expect(catalogue().sensorKind("toaster", for: Self.key, of: .greenhouse) == nil)
    }

    /// The loader refuses these; whoever puts a catalogue together by hand gets no wider limits either.
    @Test func noOverrideWidensARange() throws {
        let wider = catalogue(sensor: SensorOverride(range: -5...9))
        #expect(try #require(wider.sensorKind("ph", for: Self.key, of: .greenhouse)).range == 0...9)
        let beside = catalogue(sensor: SensorOverride(range: 20...30))
        #expect(try #require(beside.sensorKind("ph", for: Self.key, of: .greenhouse)).range == 0...14)
    }

    @Test(
        arguments: [
            (ActuatorOverride(), 300, 3600, 2),
            (ActuatorOverride(maxOnSeconds: 120), 120, 120, 2),
            (ActuatorOverride(defaultLeaseSeconds: 30), 30, 3600, 2),
            (ActuatorOverride(defaultLeaseSeconds: 600, maxOnSeconds: 900, minOffSeconds: 10), 600, 900, 10),
            // Wider than the kind: the kind's own limits hold.
            (ActuatorOverride(maxOnSeconds: 7200, minOffSeconds: 0), 300, 3600, 2),
            (ActuatorOverride(defaultLeaseSeconds: 7200), 3600, 3600, 2),
        ])
    func anActuatorGetsTheTighterOfBothLimits(override: ActuatorOverride, byDefault: Int, maxOn: Int, minOff: Int) {
        let kind = catalogue(actuator: override).actuatorKind("pump", for: .pin(26), of: .greenhouse)
        #expect(kind.limits.defaultLeaseSeconds == byDefault)
        #expect(kind.limits.maxOnSeconds == maxOn)
        #expect(kind.limits.minOffSeconds == minOff)
    }

    @Test func anOverrideHoldsForWhateverTheDeviceReportsOnThePin() {
        let kind = catalogue(actuator: ActuatorOverride(maxOnSeconds: 120))
            .actuatorKind("toaster", for: .pin(26), of: .greenhouse)
        #expect(kind.limits.maxOnSeconds == 120)
        #expect(kind.limits.defaultLeaseSeconds == 60)
    }

    @Test func withoutSitesTheKindsHold() {
        let catalogue = Catalogue(sensorKinds: [.electrode], actuatorKinds: [.pump])
        #expect(catalogue.sensorKind("ph", for: Self.key, of: .greenhouse) == .electrode)
        #expect(catalogue.actuatorKind("pump", for: .pin(26), of: .greenhouse) == .pump)
    }
}

extension SensorKind {
    fileprivate static let electrode = SensorKind(
        name: "ph", aliases: ["ph_sensor"], unit: "pH", range: 0...14, processing: Processing([]),
        staleAfterSeconds: nil)
}
