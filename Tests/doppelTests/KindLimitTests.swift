import Testing
import TwinCore

@testable import doppel

/// The group `limits` of an actuator's kind.
@Suite struct KindLimitTests {
    private static let name = "kinds/pump.yaml"

    /// A pump with every limit there is; `ph` measures every 60 s.
    static let files = [
        "kinds/ph.yaml": ModelFiles.ph + "\ninterval_seconds: 60", name: pump,
    ]
    static let pump = """
        kind: actuator
        name: pump
        semantics: digital
        safe_state: off
        lease: {default_seconds: 300, max_on_seconds: 3600, min_on_seconds: 5, min_off_seconds: 2}
        limits:
          levels: [0.2, 1]
          slew_per_second: 0.25
          resolution: 0.1
          starts_per_hour: 60
          cool_down: {run_seconds: 3600, rest_seconds: 30}
          guards:
            - sensor: {type: ph, gpio: 34}
              range: [4, 9]
              max_age_seconds: 120
              qualities: [good, fair]
              direction: not_rising
          hazard: confirm
          draw: {watts: 45, inrush_watts: 180, litres_per_minute: 6.5}
          effect:
            sensor: {type: ph}
            measure: slope_per_minute
            range: [-1, -0.1]
            within_seconds: 90
          safe_within_seconds: 10
        """

    private func load(_ right: String, _ wrong: String) throws -> (catalogue: Catalogue?, lines: [String]) {
        #expect(Self.pump.contains(right))
        var files = Self.files
        files[Self.name] = Self.pump.replacing(right, with: wrong)
        return try ModelFiles.load(files)
    }

    @Test func everyLimitIsRead() throws {
        let loaded = try ModelFiles.load(Self.files)
        #expect(loaded.lines == [])
        let limits = try #require(loaded.catalogue?.actuatorKind("pump").limits)
        let expected = ActuatorLimits(
            levels: 0.2...1, slewPerSecond: 0.25, resolution: 0.1, defaultLeaseSeconds: 300, maxOnSeconds: 3600,
            minOnSeconds: 5, minOffSeconds: 2, startsPerHour: 60,
            coolDown: CoolDown(runSeconds: 3600, restSeconds: 30),
            guards: [
                SensorGuard(
                    sensor: SensorReference(type: "ph", gpio: GPIO(34)), range: 4...9, maxAgeSeconds: 120,
                    qualities: [.good, .fair], direction: .notRising)
            ],
            hazard: .confirm, draw: Draw(watts: 45, inrushWatts: 180, litresPerMinute: 6.5),
            effect: EffectRule(
                sensor: SensorReference(type: "ph"), measure: .slopePerMinute, range: -1...(-0.1), withinSeconds: 90),
            safeWithinSeconds: 10)
        #expect(limits == expected)
    }

    @Test func whatIsNotGivenBindsNothing() throws {
        let limits = try #require(try ModelFiles.load(ModelFiles.files).catalogue?.actuatorKind("pump").limits)
        #expect(limits == ActuatorLimits(defaultLeaseSeconds: 300, maxOnSeconds: 3600, minOffSeconds: 2))
    }

    @Test(arguments: [
        (
            "default_seconds: 300", "default_seconds: 4",
            "5:26: 'lease.default_seconds' (4) is less than 'min_on_seconds'"
        ),
        ("[0.2, 1]", "[0.2, 2]", "7:11: 'limits.levels' must lie within [0, 1]"),
        ("[0.2, 1]", "[1, 0.2]", "7:11: 'limits.levels' must be two numbers, the lower one first"),
        ("[0.2, 1]", "[0.21, 0.29]", "9:15: 'limits.resolution' has no multiple within 'levels'"),
        ("second: 0.25", "second: 0", "8:20: 'limits.slew_per_second' must be a number above 0, at most 1"),
        ("resolution: 0.1", "resolution: 5", "9:15: 'limits.resolution' must be a number above 0, at most 1"),
        ("hour: 60", "hour: 61", "10:20: 'limits.starts_per_hour' must be a whole number from 1 to 60"),
        ("{run_seconds: 3600, ", "{", "11:14: 'limits.cool_down.run_seconds' is missing"),
        ("run_seconds: 3600", "run_seconds: 299", "11:14: 'limits.cool_down' allows 299 s of on-time, less than 'def"),
        ("type: ph, gpio", "type: hp, gpio", "13:22: 'limits.guards[0].sensor.type' is 'hp', and there is no kind of"),
        ("type: ph, gpio", "type: hp, gpio", "no kind of sensor of that name; did you mean 'ph'?"),
        ("type: ph, ", "device: ESP_7C19F2, type: ph, ", "13:16: unknown member 'limits.guards[0].sensor.device'"),
        ("gpio: 34", "gpio: 99", "13:32: 'limits.guards[0].sensor.gpio' must be a whole number from 0 to 48"),
        ("[4, 9]", "[15, 20]", "14:14: 'limits.guards[0].range' is beyond what a 'ph' can show, 0.0 to 14.0 pH"),
        (
            "seconds: 120", "seconds: 59",
            "15:24: 'limits.guards[0].max_age_seconds' is 59, and a 'ph' is measured every"
        ),
        ("[good, fair]", "[good, stale]", "16:18: 'limits.guards[0].qualities' must be a list of some of excellent, g"),
        (
            "not_rising", "not_up",
            "17:18: 'limits.guards[0].direction' must be one of rising, falling, not_rising, not_f"
        ),
        ("hazard: confirm", "hazard: high", "18:11: 'limits.hazard' must be one of none, confirm, second_person"),
        ("watts: 45", "watts: 0", "19:17: 'limits.draw.watts' must be a number above 0"),
        ("sensor: {type: ph}", "sensor: {type: hp}", "21:20: 'limits.effect.sensor.type' is 'hp', and there is no"),
        ("slope_per_minute", "slope", "22:14: 'limits.effect.measure' must be one of value, slope_per_minute"),
        (
            "within_seconds: 90\n  s", "within_seconds: 30\n  s",
            "24:21: 'limits.effect.within_seconds' is 30, and a 'ph' is"
        ),
        (
            "    within_seconds: 90", "    within_seconds: 90\n    upstream: ESP_7C19F2/5",
            "unknown member 'limits.effect.upst"
        ),
        (
            "within_seconds: 10", "within_seconds: 0",
            "25:24: 'limits.safe_within_seconds' must be a whole number from 1"
        ),
        ("  levels:", "  level:", "7:3: unknown member 'limits.level'; did you mean 'limits.levels'?"),
    ])
    func aWrongLimitSaysWhere(right: String, wrong: String, line: String) throws {
        let loaded = try load(right, wrong)
        #expect(loaded.lines.contains { $0.contains(line) }, "\(loaded.lines)")
        #expect(loaded.lines.allSatisfy { $0.hasPrefix(Self.name) }, "\(loaded.lines)")
        #expect(loaded.catalogue == nil)
    }

    @Test func moreGuardsThanAreJudgedAreRefused() throws {
        let rule = "    - {sensor: {type: ph}, range: [4, 9], max_age_seconds: 120}\n"
        for (count, isRight) in [(8, true), (9, false)] {
            let pump = ModelFiles.pump + "\nlimits:\n  guards:\n" + String(repeating: rule, count: count)
            let lines = try ModelFiles.load([Self.name: pump, "kinds/ph.yaml": ModelFiles.ph]).lines
            #expect(lines.isEmpty == isRight, "\(lines)")
            if !isRight { #expect(lines[0].hasSuffix("'limits.guards' must be a list of 1 to 8 groups"), "\(lines)") }
        }
    }
}
