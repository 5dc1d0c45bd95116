import Testing
import TwinCore

@testable import doppel

@Suite struct SiteFileTests {
    private static let name = "sites/north.yaml"

    @Test func aRightFileIsASite() throws {
        let loaded = try ModelFiles.load(ModelFiles.files)
        #expect(loaded.lines.isEmpty)
        let device = try #require(DeviceID("ESP_7C19F2"))
        let key = try #require(SensorKey(id: "34:ph"))
        let pin = try #require(GPIO(26))
        let override = DeviceOverride(
            board: "esp32_wroom",
            sensors: [key: SensorOverride(range: 4...9, staleAfterSeconds: 600, intervalSeconds: 60)],
            actuators: [pin: ActuatorOverride(defaultLeaseSeconds: 60, maxOnSeconds: 180, minOffSeconds: 30)])
        #expect(loaded.catalogue?.sites == [Site(name: "north", devices: [device: override])])
    }

    @Test(arguments: [("34:ph:", "'34:ph':"), ("34:ph:", "\"34:ph\":"), ("26:", "\"26\":")])
    func quotesMakeNoDifference(plain: String, quoted: String) throws {
        let sites = try ModelFiles.load(Self.name, plain, quoted).catalogue?.sites
        #expect(sites != nil)
        #expect(sites == (try ModelFiles.load(ModelFiles.files)).catalogue?.sites)
    }

    @Test(arguments: [
        ("[4, 9]", "[-1, 9]", "7:22: 'devices.ESP_7C19F2.sensors.34:ph.range' must lie within that of the kind 'ph', "),
        ("[4, 9]", "[9, 4]", "7:22: 'devices.ESP_7C19F2.sensors.34:ph.range' must be two numbers, the lower one first"),
        ("600", "601", "'devices.ESP_7C19F2.sensors.34:ph.stale_after_seconds' is looser than the kind 'ph' allows (1"),
        ("600", "60", ".stale_after_seconds' makes values stale (after 60 s) before the next one is measured (after 6"),
        (", stale_after_seconds: 600", ", stale: 600", "unknown member 'devices.ESP_7C19F2.sensors.34:ph.stale'; did "),
        ("interval_seconds: 60", "interval_seconds: 301", "interval_seconds' must be a whole number from 1 to 300"),
        ("interval_seconds: 60, ", "", ".stale_after_seconds' is looser than the kind 'ph' allows (180 s); at most 18"),
        (
            "60, stale_after_seconds: 600", "200",
            "34:ph.interval_seconds' makes values stale (after 180 s) before the next one is measured (after 200 s)"
        ),
        ("34:ph", "34:hp", "7:7: '34:hp': there is no kind of sensor 'hp'; did you mean 'ph'?"),
        ("34:ph", "99:ph", "7:7: '99:ph' is no sensor, such as 34:ph, 0:sht31_temp:68 or 4:ds18b20:28AA11BB22CC33D4"),
        ("34:ph", "34", "7:7: '34' is no sensor, such as 34:ph"),
        ("180", "3601", ".26.max_on_seconds' must be at most that of the kind 'pump', 3600"),
        ("_off_seconds: 30", "_off_seconds: 1", ".26.min_off_seconds' must be at least that of the kind 'pump', 2"),
        ("60, max_on", "181, max_on", "9:41: 'devices.ESP_7C19F2.actuators.26.default_seconds' must be at most the lo"),
        ("type: pump, ", "", "9:11: 'devices.ESP_7C19F2.actuators.26.type' is missing"),
        ("type: pump", "type: pomp", ".26.type' is 'pomp', and there is no kind of actuator of that name; did you mea"),
        ("26:", "0x1A:", "9:7: '0x1A' is no pin; a pin is a whole number from 0 to 48"),
        ("26:", "49:", "9:7: '49' is no pin; a pin is a whole number from 0 to 48"),
        ("wroom32", "xiao", "5:12: 'devices.ESP_7C19F2.board' is 'xiao', and there is no board of that name"),
        ("ESP_7C19F2", "esp_7c19f2", "4:3: 'esp_7c19f2' is no name of a device, such as ESP_7C19F2"),
        ("sensors:", "sensor:", "6:5: unknown member 'devices.ESP_7C19F2.sensor'; did you mean 'devices.ESP_7C19F2.se"),
        ("devices:", "device:", "3:1: unknown member 'device'; did you mean 'devices'?"),
        ("name: north", "name: south", "2:7: 'name' is 'south', so the file must be called 'south.yaml'"),
        ("kind: site", "kind: sight", "1:7: 'kind' must be one of site"),
    ])
    func aWrongSiteSaysWhere(right: String, wrong: String, line: String) throws {
        let loaded = try ModelFiles.load(Self.name, right, wrong)
        #expect(loaded.lines.first?.hasPrefix("\(Self.name):") == true, "\(loaded.lines)")
        #expect(loaded.lines.first?.contains(line) == true, "\(loaded.lines)")
        #expect(loaded.catalogue == nil)
    }

    @Test func oneThingByTwoNamesStandsThereTwice() throws {
        let aliased = ModelFiles.ph.replacing("unit:", with: "aliases: [ph_sensor]\nunit:")
        let twice = """
            kind: site
            name: north
            devices:
              ESP_7C19F2:
                sensors:
                  34:ph: {range: [4, 9]}
                  34:ph_sensor: {range: [5, 8]}
                actuators:
                  26: {type: pump}
                  "26": {type: pump}
            """
        let loaded = try ModelFiles.load([
            "kinds/ph.yaml": aliased, "kinds/pump.yaml": ModelFiles.pump, "sites/north.yaml": twice,
        ])
        #expect(
            loaded.lines == [
                "sites/north.yaml:7:7: '34:ph_sensor' is '34:ph', which stands here already",
                "sites/north.yaml:10:7: 'devices.ESP_7C19F2.actuators.26' stands here twice",
            ])
    }

    @Test func aDeviceBelongsToOneSite() throws {
        var files = ModelFiles.files
        files["sites/south.yaml"] = ModelFiles.site.replacing("north", with: "south")
        #expect(
            try ModelFiles.load(files).lines == [
                "sites/south.yaml:4:3: 'ESP_7C19F2' is a name or alias already, at sites/north.yaml:4:3"
            ])
    }

    @Test func whereAKindIsWrongNoSiteIsBlamedForIt() throws {
        let loaded = try ModelFiles.load("kinds/ph.yaml", "unit: pH\n", "")
        #expect(loaded.lines == ["kinds/ph.yaml:1:1: 'unit' is missing"])
    }

    @Test func problemsOfAllFoldersAreListedTogether() throws {
        var files = ModelFiles.files
        files["kinds/ph.yaml"] = ModelFiles.ph.replacing("unit: pH\n", with: "")
        files["boards/esp32_wroom.yaml"] = ModelFiles.board.replacing("one_wire: 4", with: "one_wire: 0")
        files["sites/north.yaml"] = ModelFiles.site.replacing("name: north", with: "name: south")
        files["sites/notes.txt"] = ""
        #expect(
            try ModelFiles.load(files).lines.map { $0.prefix { $0 != " " } } == [
                "kinds/ph.yaml:1:1:", "boards/esp32_wroom.yaml:9:11:", "sites/notes.txt:", "sites/north.yaml:2:7:",
            ])
    }
}
