import Testing
import TwinCore

@testable import doppel

@Suite struct CatalogueLoaderTests {
    private static let sensor = """
        kind: sensor
        name: ph
        aliases: [ph_sensor]
        unit: pH
        range: [0, 14]
        interface: analogue
        mode: on_demand
        stale_after_seconds: never
        processing:
          - rail: {below: 50, above: 4045}
          - calibrated: {slope: -3.5, offset: 12.25}
        quality:
          - good: [3, 11]
            when: calibrated
          - poor: otherwise
        calibration: {methods: [linear], valid_days: 30}
        """
    private static let actuator = """
        kind: actuator
        name: pump
        semantics: digital
        safe_state: off
        lease: {default_seconds: 300, max_on_seconds: 3600, min_off_seconds: 2}
        """

    /// Loads a catalogue from files given by name; returns it or the problems as lines.
    private func load(_ files: [String: String]) throws -> (catalogue: Catalogue?, lines: [String]) {
        let folder = try TemporaryFolder()
        try folder.write("kinds/.keep", "")
        for (name, text) in files { try folder.write("kinds/\(name)", text) }
        do throws(Problems) {
            return (try CatalogueLoader.load(directory: folder.path), [])
        } catch {
            return (nil, error.lines(without: "\(folder.path)/kinds").map { $0.replacing(folder.path, with: "") })
        }
    }

    /// The versions are the first 32 bits of what `sha256sum` says of the texts above.
    @Test func rightFilesMakeACatalogue() throws {
        let loaded = try load(["ph.yaml": Self.sensor, "pump.yaml": Self.actuator, "pump.yaml~": "left by an editor"])
        #expect(loaded.lines.isEmpty)
        let catalogue = try #require(loaded.catalogue)
        #expect(
            catalogue.sensorKinds == [
                SensorKind(
                    name: "ph", aliases: ["ph_sensor"], unit: "pH", range: 0...14,
                    processing: Processing(
                        [.rail(below: 50, above: 4045), .calibrated(slope: -3.5, offset: 12.25)],
                        quality: [
                            QualityRule(.good, .within(3...11), needsCalibration: true), QualityRule(.poor, .otherwise),
                        ]),
                    staleAfterSeconds: nil, mode: .onDemand, interface: .analogue,
                    calibration: CalibrationRule(methods: [.linear], validDays: 30), version: 0xde47_7992)
            ])
        #expect(
            catalogue.actuatorKinds == [
                ActuatorKind(
                    name: "pump", semantics: .digital,
                    limits: ActuatorLimits(defaultLeaseSeconds: 300, maxOnSeconds: 3600, minOffSeconds: 2),
                    version: 0x8786_3464)
            ])
    }

    @Test(arguments: [
        ("unit: pH", "unit: pH\nstale: 5", "ph.yaml:5:1: unknown member 'stale'; did you mean 'stale_after_seconds'?"),
        ("unit: pH", "", "ph.yaml:1:1: 'unit' is missing"),
        ("unit: pH", "unit: 5", "ph.yaml:4:7: 'unit' must be a text of 0 to 16 characters, not the whole number 5"),
        ("range: [0, 14]", "range: [14, 0]", "ph.yaml:5:8: 'range' must be two numbers, the lower one first"),
        ("range: [0, 14]", "range: [0, .inf]", "ph.yaml:5:8: 'range' must be two numbers, the lower one first"),
        ("range: [0, 14]", "range: [0, 14, 15]", "ph.yaml:5:8: 'range' must be two numbers, the lower one first"),
        ("interface: analogue", "interface: analog", "ph.yaml:6:12: 'interface' must be one of analogue, digital, i2c"),
        ("interface: analogue", "interface: analog", "; did you mean 'analogue'?"),
        ("interface: analogue", "interface: virtual", "ph.yaml:6:12: 'interface' is 'virtual' exactly for kinds that"),
        ("mode: on_demand", "mode: sometimes", "ph.yaml:7:7: 'mode' must be one of continuous, on_demand, paused, sch"),
        ("never", "0", "ph.yaml:8:22: 'stale_after_seconds' must be 'never' or a whole number of seconds from 1"),
        ("never", "soon", "ph.yaml:8:22: 'stale_after_seconds' must be 'never' or a whole number of seconds from 1"),
        ("never", "60\ninterval_seconds: 60", "'stale_after_seconds' (60) must be more than 'interval_seconds' (60)"),
        ("[ph_sensor]", "ph_sensor", "ph.yaml:3:10: 'aliases' must be a list of words, not the text 'ph_sensor'"),
        ("[ph_sensor]", "[a, B]", "ph.yaml:3:14: 'aliases': must be a word of 1 to 32 lower-case letters"),
        ("name: ph", "name: pH", "ph.yaml:2:7: 'name' must be a word of 1 to 32 lower-case letters"),
        ("name: ph", "name: hp", "ph.yaml:2:7: 'name' is 'hp', so the file must be called 'hp.yaml'"),
        (
            "kind: sensor", "kind: sensors",
            "ph.yaml:1:7: 'kind' must be one of sensor, actuator, not the text 'sensors'"
        ),
        ("kind: sensor", "", "ph.yaml:2:1: 'kind' is missing"),
        ("[ph_sensor]", "[ph_sensor, ph]", "ph.yaml:3:22: 'ph' is a name or alias already, at ph.yaml:2:7"),
        ("kind: sensor", "kind: [", ": is no YAML: while parsing a flow sequence"),
        ("- rail: {", "- rial: {", "10:5: unknown member 'processing[0].rial'; did you mean 'processing[0].rail'?"),
        ("below: 50", "below: x", "10:19: 'processing[0].rail.below' must be a number, not the text 'x'"),
        ("below: 50", "below: 5000", "10:5: 'rail': 'below' must be less than 'above'"),
        ("below: 50, ", "", "10:11: 'processing[0].rail.below' is missing"),
        (
            "- rail: {below: 50, above: 4045}", "- clamp: 5",
            "10:12: 'processing[0].clamp' must be two numbers, the lower"
        ),
        (
            "- rail: {below: 50, above: 4045}", "- offset: 3",
            "10:13: 'processing[0].offset' must be left empty: the step"
        ),
        (
            "- rail: {below: 50, above: 4045}", "- polynomial: [1]",
            "'processing[0].polynomial' must be a list of 2 to 8 n"
        ),
        (
            "- rail: {below: 50, above: 4045}", "- lookup: [[2, 1], [2, 2]]",
            "'processing[0].lookup': x must rise from p"
        ),
        ("- rail: {below: 50, above: 4045}", "- adc: {full_scale_counts: 0, full_scale_volts: 5}", "a number above 0"),
        ("- rail: {below: 50, above: 4045}", "- round: {decimals: 10}", "must be a whole number from 0 to 9, not the"),
        (
            "- rail: {below: 50, above: 4045}", "- rail: {below: 50, above: 4045}\n    offset:",
            "10:5: 'processing[0]' must hold exactly one of linear, polynomial"
        ),
        ("- good: [3, 11]", "- good: high", "13:11: 'quality[0].good' must be a range such as [20, 80], {below: 5}"),
        ("- good: [3, 11]", "- splendid: [3, 11]", "13:5: unknown member 'quality[0].splendid'"),
        ("when: calibrated", "when: dry", "14:11: 'quality[0].when' must be one of calibrated, not the text 'dry'"),
        ("- poor: otherwise", "- poor: {below: 5}", "15:5: 'quality': the last rule must be for 'otherwise'"),
        ("    when: calibrated\n", "  - fair: otherwise\n", "'quality': no rule behind 'otherwise' is ever reached"),
        (
            "methods: [linear]", "methods: [linear, offset]",
            "'methods': 'offset' needs the step 'offset' in 'processing'"
        ),
        ("methods: [linear]", "methods: [ph]", "'calibration' 'methods': 'ph' needs 'amplifier_gain'"),
        ("methods: [linear]", "methods: [straight]", "'calibration.methods' must be a list of some of offset, linear"),
        (
            "mode: on_demand", "mode: on_demand\ntemperature_from: {kinds: [ph_], scope: chip, max_age_seconds: 5}",
            "ph.yaml:8:19: 'ph_' is the name of no kind of sensor; did you mean 'ph'?"
        ),
    ])
    func aWrongSensorSaysWhere(right: String, wrong: String, line: String) throws {
        let loaded = try load(["ph.yaml": Self.sensor.replacing(right, with: wrong)])
        #expect(loaded.lines.count == 1 && loaded.lines[0].contains(line), "\(loaded.lines)")
        #expect(loaded.catalogue == nil)
    }

    @Test(arguments: [
        ("digital", "analog", "pump.yaml:3:12: 'semantics' must be one of digital, position, pwm, servo"),
        ("default_seconds: 300", "default_second: 300", "unknown member 'lease.default_second'; did you mean 'lease.d"),
        ("300", "4000", "pump.yaml:5:8: 'lease' 'default_seconds' (4000) is more than 'max_on_seconds' (3600)"),
        ("3600", "86401", "pump.yaml:5:47: 'lease.max_on_seconds' must be a whole number from 1 to 86400"),
        ("_seconds: 2", "_seconds: -1", "'lease.min_off_seconds' must be a whole number from 0 to 86400"),
        ("_seconds: 2", "_seconds: '2'", "'lease.min_off_seconds' must be a whole number from 0 to 86400"),
        ("safe_state: off", "safe_state: open", "pump.yaml:4:13: 'safe_state' must be one of off, closed"),
        ("safe_state: off", "", "'safe_state' is missing"),
        ("digital", "pwm", "pump.yaml:3:12: 'semantics' is 'pwm', so 'frequency_hertz' must be given"),
        ("safe_state: off", "safe_state: off\npositions: 3", "5:12: 'positions' is for 'semantics: position' alone"),
        (
            "semantics: digital", "semantics: servo\npulse_microseconds: [500, 3000]",
            "4:21: 'pulse_microseconds' must be two whole numbers from 500 to 2500, the lower one first"
        ),
    ])
    func aWrongActuatorSaysWhere(right: String, wrong: String, line: String) throws {
        let loaded = try load(["pump.yaml": Self.actuator.replacing(right, with: wrong)])
        #expect(!loaded.lines.isEmpty && loaded.lines[0].contains(line), "\(loaded.lines)")
        #expect(loaded.catalogue == nil)
    }

    @Test func everyProblemOfEveryFileIsListedInTheOrderOfNames() throws {
        let loaded = try load([
            "pump.yaml": Self.actuator.replacing("digital", with: "analog"),
            "ph.yaml": Self.sensor.replacing("unit: pH", with: "").replacing("[0, 14]", with: "0"),
            "empty.yaml": "# nothing\n", "list.yaml": "- a", "notes.txt": "",
        ])
        #expect(
            loaded.lines.map { $0.prefix { $0 != "," } } == [
                "notes.txt: is no model; a model's file ends in .yaml",
                "empty.yaml: the file must be a group of members; it is empty",
                "list.yaml:1:1: the file must be a group of members; it is a list",
                "ph.yaml:1:1: 'unit' is missing",
                "ph.yaml:5:8: 'range' must be two numbers",
                "pump.yaml:3:12: 'semantics' must be one of digital",
            ])
    }

    @Test func wordsAreUniqueAcrossFiles() throws {
        let other = Self.sensor.replacing("name: ph", with: "name: acid")
        let loaded = try load(["ph.yaml": Self.sensor, "acid.yaml": other])
        #expect(loaded.lines == ["ph.yaml:3:11: 'ph_sensor' is a name or alias already, at acid.yaml:3:11"])
    }

    @Test func aFolderWithoutModelsIsAProblem() throws {
        #expect(try load([:]).lines == ["/kinds: holds no model"])
        let lines = problems { () throws(Problems) in _ = try CatalogueLoader.load(directory: "/nowhere/at/all") }
        #expect(lines.count == 1 && lines[0].hasPrefix("at/all/kinds: is no folder that can be read"))
    }
}
