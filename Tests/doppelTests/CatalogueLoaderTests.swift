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
        conversion: ph
        stale_after_seconds: never
        """
    private static let actuator = """
        kind: actuator
        name: pump
        semantics: digital
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

    @Test func rightFilesMakeACatalogue() throws {
        let loaded = try load(["ph.yaml": Self.sensor, "pump.yaml": Self.actuator, "pump.yaml~": "left by an editor"])
        #expect(loaded.lines.isEmpty)
        let catalogue = try #require(loaded.catalogue)
        #expect(
            catalogue.sensorKinds == [
                SensorKind(
                    name: "ph", aliases: ["ph_sensor"], unit: "pH", range: 0...14, conversion: .ph,
                    staleAfterSeconds: nil)
            ])
        #expect(
            catalogue.actuatorKinds == [
                ActuatorKind(
                    name: "pump", semantics: .digital, defaultLeaseSeconds: 300, maxOnSeconds: 3600, minOffSeconds: 2)
            ])
    }

    @Test(arguments: [
        ("unit: pH", "unit: pH\nstale: 5", "ph.yaml:5:1: unknown member 'stale'; did you mean 'stale_after_seconds'?"),
        ("unit: pH", "", "ph.yaml:1:1: 'unit' is missing"),
        ("unit: pH", "unit: 5", "ph.yaml:4:7: 'unit' must be a text of 1 to 16 characters, not the whole number 5"),
        ("range: [0, 14]", "range: [14, 0]", "ph.yaml:5:8: 'range' must be two numbers, the lower one first"),
        ("range: [0, 14]", "range: [0, .inf]", "ph.yaml:5:8: 'range' must be two numbers, the lower one first"),
        ("range: [0, 14]", "range: [0, 14, 15]", "ph.yaml:5:8: 'range' must be two numbers, the lower one first"),
        ("conversion: ph", "conversion: hp", "ph.yaml:6:13: 'conversion' must be one of ds18b20, "),
        ("conversion: ph", "conversion: hp", "; did you mean 'ph'?"),
        ("never", "0", "ph.yaml:7:22: 'stale_after_seconds' must be 'never' or a whole number of seconds from 1"),
        ("never", "soon", "ph.yaml:7:22: 'stale_after_seconds' must be 'never' or a whole number of seconds from 1"),
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
    ])
    func aWrongSensorSaysWhere(right: String, wrong: String, line: String) throws {
        let loaded = try load(["ph.yaml": Self.sensor.replacing(right, with: wrong)])
        #expect(loaded.lines.count == 1 && loaded.lines[0].contains(line), "\(loaded.lines)")
        #expect(loaded.catalogue == nil)
    }

    @Test(arguments: [
        ("digital", "analog", "pump.yaml:3:12: 'semantics' must be one of digital, position, pwm"),
        ("default_seconds: 300", "default_second: 300", "unknown member 'lease.default_second'; did you mean 'lease.d"),
        ("300", "4000", "pump.yaml:4:8: 'lease' 'default_seconds' (4000) is more than 'max_on_seconds' (3600)"),
        ("3600", "86401", "pump.yaml:4:47: 'lease.max_on_seconds' must be a whole number from 1 to 86400"),
        ("_seconds: 2", "_seconds: -1", "'lease.min_off_seconds' must be a whole number from 0 to 86400"),
        ("_seconds: 2", "_seconds: '2'", "'lease.min_off_seconds' must be a whole number from 0 to 86400"),
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
