import Testing
import TwinCore

@testable import doppel

/// The limits of a site's actuators, which only ever narrow.
@Suite struct SiteLimitTests {
    private static let name = "sites/north.yaml"

    private static let site = """
        kind: site
        name: north
        devices:
          ESP_7C19F2:
            sensors:
              34:ph: {interval_seconds: 90}
            actuators:
              26:
                type: pump
                default_seconds: 60
                max_on_seconds: 180
                min_on_seconds: 10
                limits:
                  levels: [0.5, 1]
                  slew_per_second: 0.2
                  starts_per_hour: 6
                  cool_down: {run_seconds: 900, rest_seconds: 60}
                  guards:
                    - {sensor: {device: ESP_0A0B0C, type: acid, gpio: 34}, range: [5, 8], max_age_seconds: 100}
                  hazard: second_person
                  draw: {watts: 60}
                  effect:
                    sensor: {type: ph}
                    measure: value
                    range: [1, 14]
                    within_seconds: 100
                    upstream: ESP_0A0B0C/5
                  safe_within_seconds: 5
        """

    private static func files(_ right: String = "kind", _ wrong: String = "kind") -> [String: String] {
        #expect(site.contains(right))
        return [
            "kinds/ph.yaml": ModelFiles.ph.replacing("unit:", with: "aliases: [acid]\ninterval_seconds: 60\nunit:"),
            "kinds/pump.yaml": KindLimitTests.pump, name: site.replacing(right, with: wrong),
        ]
    }

    @Test func everyLimitNarrowsTheKinds() throws {
        let loaded = try ModelFiles.load(Self.files())
        #expect(loaded.lines == [])
        let device = try #require(DeviceID("ESP_7C19F2"))
        let feed = OutputAddress("ESP_0A0B0C/5")
        let catalogue = try #require(loaded.catalogue)
        let kind = catalogue.actuatorKind("pump").limits
        let limits = catalogue.actuatorKind("pump", for: try #require(GPIO(26)), of: device).limits
        let own = SensorGuard(
            sensor: SensorReference(device: DeviceID("ESP_0A0B0C"), type: "ph", gpio: GPIO(34)), range: 5...8,
            maxAgeSeconds: 100)
        #expect(
            limits
                == ActuatorLimits(
                    levels: 0.5...1, slewPerSecond: 0.2, resolution: 0.1, defaultLeaseSeconds: 60, maxOnSeconds: 180,
                    minOnSeconds: 10, minOffSeconds: 2, startsPerHour: 6,
                    coolDown: CoolDown(runSeconds: 900, restSeconds: 60), guards: kind.guards + [own],
                    hazard: .secondPerson, draw: Draw(watts: 60, inrushWatts: 180, litresPerMinute: 6.5),
                    effect: EffectRule(
                        sensor: SensorReference(type: "ph"), measure: .value, range: 1...14, withinSeconds: 100,
                        upstream: feed),
                    safeWithinSeconds: 5))
    }

    @Test(arguments: [
        (
            "[0.5, 1]", "[0.1, 1]",
            "14:19: 'devices.ESP_7C19F2.actuators.26.limits.levels' must be within that of the ki"
        ),
        ("second: 0.2", "second: 0.3", "15:28: 'devices.ESP_7C19F2.actuators.26.limits.slew_per_second' must be at mo"),
        ("run_seconds: 900", "run_seconds: 3601", "must be no looser than that of the kind 'pump', 30 s of rest after"),
        ("rest_seconds: 60", "rest_seconds: 29", "17:22: 'devices.ESP_7C19F2.actuators.26.limits.cool_down' must be n"),
        ("run_seconds: 900", "run_seconds: 59", "26.limits.cool_down' allows 59 s of on-time, less than 'default_seco"),
        ("second_person", "none", "20:19: 'devices.ESP_7C19F2.actuators.26.limits.hazard' must be at least that of th"),
        ("within_seconds: 5", "within_seconds: 11", "26.limits.safe_within_seconds' must be at most that of the kind "),
        ("on_seconds: 10", "on_seconds: 4", "12:25: 'devices.ESP_7C19F2.actuators.26.min_on_seconds' must be at least"),
        ("on_seconds: 10", "on_seconds: 61", "10:26: 'devices.ESP_7C19F2.actuators.26.default_seconds' (60) is less t"),
        ("type: acid", "type: acide", "19:51: 'devices.ESP_7C19F2.actuators.26.limits.guards[0].sensor.type' is 'acid"),
        ("device: ESP_0A", "device: ESP-0A", "26.limits.guards[0].sensor.device' must be the name of a device, such a"),
        ("age_seconds: 100", "age_seconds: 59", "26.limits.guards[0].max_age_seconds' is 59, and a 'ph' is measured e"),
        ("within_seconds: 100", "within_seconds: 89", "limits.effect.within_seconds' is 89, and a 'ph' is measured ev"),
        (
            "[1, 14]", "[15, 16]",
            "25:20: 'devices.ESP_7C19F2.actuators.26.limits.effect.range' is beyond what a 'ph' ca"
        ),
        (
            "0B0C/5", "0B0C:5",
            "27:23: 'devices.ESP_7C19F2.actuators.26.limits.effect.upstream' must be an output such a"
        ),
        (
            "levels:", "resolution: 0.2\n          levels:",
            "unknown member 'devices.ESP_7C19F2.actuators.26.limits.resol"
        ),
    ])
    func whatWidensOrCannotBeIsRefused(right: String, wrong: String, line: String) throws {
        let loaded = try ModelFiles.load(Self.files(right, wrong))
        #expect(loaded.lines.contains { $0.contains(line) }, "\(loaded.lines)")
        #expect(loaded.lines.allSatisfy { $0.hasPrefix(Self.name) }, "\(loaded.lines)")
        #expect(loaded.catalogue == nil)
    }

    @Test func theIntervalsOfOtherDevicesAreTheirOwn() throws {
        // The effect reads the device's own probe, which measures every 90 s; the guard another's, every 60 s.
        let lines = try ModelFiles.load(Self.files("34:ph: {interval_seconds: 90}", "34:ph: {interval_seconds: 150}"))
            .lines
        #expect(lines.count == 1)
        #expect(lines.first?.contains("effect.within_seconds' is 100, and a 'ph' is measured every 150 s") == true)
    }

    @Test func theGuardsOfKindAndSiteAreCountedTogether() throws {
        let rule = "            - {sensor: {type: ph}, range: [4, 9], max_age_seconds: 120}\n"
        let more = "          guards:\n" + String(repeating: rule, count: 7)
        let lines = try ModelFiles.load(Self.files("          guards:\n", more)).lines
        #expect(lines.count == 1)
        #expect(
            lines.first?.contains("limits.guards' may be 7 at most: the kind 'pump' has 1, and 8 are judged") == true)
    }

    @Test func aDefaultLeaseThatTheSiteMakesTooShortIsNoticed() throws {
        let lines = try ModelFiles.load(Self.files("default_seconds: 60", "default_seconds: 9")).lines
        #expect(
            lines == [
                "sites/north.yaml:10:26: 'devices.ESP_7C19F2.actuators.26.default_seconds' (9) is less than "
                    + "'min_on_seconds' (10)"
            ])
    }
}
