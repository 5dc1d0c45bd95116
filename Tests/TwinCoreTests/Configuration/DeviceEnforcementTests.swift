import Testing
import TwinCore

/// What of the gate's limits a device keeps as well.
@Suite struct DeviceEnforcementTests {
    private let pump: ActuatorKind = {
        var kind = ActuatorKind.pump
        kind.limits.maxOnSeconds = 600
        kind.limits.startsPerHour = 60
        return kind
    }()

    /// A catalogue with this pump, which a site bounds further on pin 27.
    private var catalogue: Catalogue {
        let site = Site(
            name: "north",
            devices: [.greenhouse: DeviceOverride(actuators: [.pin(27): ActuatorOverride(maxOnSeconds: 90)])])
        return Catalogue(sensorKinds: [], actuatorKinds: [pump], sites: [site])
    }

    private func table(_ device: Configured, _ kind: ActuatorKind, drive: Drive? = nil) -> [String] {
        DeviceEnforcement(of: kind, held: device.state.provenSettings(of: .pin(26)), drive: drive).lines.map {
            "\($0.limit) \($0.place.rawValue)"
        }
    }

    @Test func `a longer run than the limits allow is wished, and a shorter one pushed and held`() throws {
        var device = Configured()
        let wish = catalogue.bounding(
            Desired(actuators: [.pin(26): ActuatorWish(type: "pump", name: "drip")]), of: .greenhouse)
        #expect(device.wish(at: 0) { $0 = wish } == ["wished actuators/26"])
        #expect(device.tick(at: 0) == ["cfg-1 says actuators/26", "-> cfg-1"])
        guard case .push(let push)? = device.said?.order else {
            Issue.record("no push")
            return
        }
        #expect(push.actuators[0].wish == ActuatorWish(type: "pump", name: "drip", maximumRuntimeMilliseconds: 600_000))
        #expect(table(device, pump).prefix(3) == ["lease both", "max_on_time here", "default_state here"])
        #expect(device.answer(.actuator, at: 10) == ["applied actuators/26", "cfg-1 answered"])
        #expect(device.standing == ["actuators/26 applied"] && device.tick(at: 3_600_000) == [])
        #expect(device.state.desired.actuators[.pin(26)]?.maximumRuntimeMilliseconds == 3_600_000, "as it was written")
        #expect(device.state.desired.unbounded.actuators[.pin(26)] == ActuatorWish(type: "pump", name: "drip"))
        #expect(
            device.state.reported.actuators[.pin(26)]?.maximumRuntimeMilliseconds == 600_000, "as the device has it")
        #expect(
            table(device, pump) == [
                "lease both", "max_on_time both", "default_state there", "min_off_time here", "starts_per_hour here",
            ])
    }

    @Test func `a limit that changes is told to the device, and one that does not bind is no fact`() {
        var device = Configured.holding(Desired(actuators: [.pin(26): ActuatorWish(type: "pump", name: "drip")]))
        var stricter = pump.limits
        stricter.maxOnSeconds = 3600
        #expect(device.wish(at: 1) { $0.actuators[.pin(26)] = $0.actuators[.pin(26)]?.bounded(by: stricter) } == [])
        #expect(table(device, pump)[1] == "max_on_time here", "the device would let it run for an hour")
        stricter.maxOnSeconds = 60
        #expect(
            device.wish(at: 2) { $0.actuators[.pin(26)] = $0.actuators[.pin(26)]?.bounded(by: stricter) }
                == ["wished actuators/26"])
        _ = device.tick(at: 2)
        #expect(device.answer(.actuator, at: 3).first == "applied actuators/26")
        #expect(table(device, pump)[1] == "max_on_time both")
    }

    @Test func `a wish is never longer on the device than it was written, and a site's bound counts`() {
        let wish = Desired(actuators: [
            .pin(26): ActuatorWish(type: "pump", name: "drip", maximumRuntimeMilliseconds: 5_000),
            .pin(27): ActuatorWish(type: "pump", name: "flood", maximumRuntimeMilliseconds: 600_000),
        ])
        let bounded = catalogue.bounding(wish, of: .greenhouse)
        #expect(bounded.actuators[.pin(26)]?.boundedRuntimeMilliseconds == nil)
        #expect(bounded.actuators[.pin(27)]?.boundedRuntimeMilliseconds == 90_000)
        #expect(catalogue.bounding(wish, of: .greenhouse) { _ in true } == wish)
    }

    @Test func `what was told and not answered proves nothing`() {
        var device = Configured.holding(Desired(actuators: [.pin(26): ActuatorWish(type: "pump", name: "drip")]))
        _ = device.wish(at: 1) { $0.actuators[.pin(26)]?.maximumRuntimeMilliseconds = 60_000 }
        _ = device.tick(at: 1)
        #expect(device.state.provenSettings(of: .pin(26)) == nil)
        #expect(table(device, .pump).prefix(3) == ["lease both", "max_on_time here", "default_state here"])
    }

    @Test(
        arguments: [
            (ActuatorKind.pump, nil, "both"), (.pump, .pwm(level: 1), "here"), (.fan, nil, "here"),
            (.fan, .on(level: 0.5), "both"), (.fan, .off, "here"), (.valve, nil, "here"),
        ] as [(ActuatorKind, Drive?, String)])
    func `a device ends a lease where it counts the duration`(kind: ActuatorKind, drive: Drive?, place: String) {
        #expect(table(Configured(), kind, drive: drive).first == "lease \(place)")
    }

    @Test func `whoever is told outputs forgets the rules that would energise them`() {
        let item = ConfigurationPush.ActuatorItem(
            gpio: .pin(26), wish: ActuatorWish(type: "pump", name: "drip"), isActive: true)
        let removal = ConfigurationPush.ActuatorItem(gpio: .pin(26), wish: item.wish, isActive: false)
        #expect(ConfigurationPush(actuators: [item], generation: 1).forgetsOfflineRules)
        #expect(!ConfigurationPush(actuators: [removal], generation: 1).forgetsOfflineRules)
        #expect(!ConfigurationPush(generation: 1).forgetsOfflineRules)
    }
}
