import TwinCore

@testable import doppel

/// Files of a catalogue that is right, and what the loader says of them.
enum ModelFiles {
    /// One kind of sensor, one of actuator, one board, one site: all folders in use.
    static let files = [
        "kinds/ph.yaml": ph, "kinds/pump.yaml": pump, "boards/esp32_wroom.yaml": board, "sites/north.yaml": site,
    ]

    static let board = """
        kind: board
        name: esp32_wroom
        aliases: [wroom32]
        pins: [0, 39]
        reserved: [6, 0, 1]
        input_only: [34, 35]
        analogue: [32]
        i2c: {data: 21, clock: 22}
        one_wire: 4
        pwm_channels: 16
        maximum_sensors: 20
        maximum_actuators: 12
        """
    static let site = """
        kind: site
        name: north
        devices:
          ESP_7C19F2:
            board: wroom32
            sensors:
              34:ph: {range: [4, 9], interval_seconds: 60, stale_after_seconds: 600}
            actuators:
              26: {type: pump, default_seconds: 60, max_on_seconds: 180, min_off_seconds: 30}
        """
    static let ph: String = sensor("ph")
    static let pump = """
        kind: actuator
        name: pump
        semantics: digital
        safe_state: off
        lease: {default_seconds: 300, max_on_seconds: 3600, min_off_seconds: 2}
        """

    /// A kind of sensor whose values are pH, stale after 180 s.
    static func sensor(_ name: String) -> String {
        """
        kind: sensor
        name: \(name)
        unit: pH
        range: [0, 14]
        interface: analogue
        mode: continuous
        stale_after_seconds: 180
        processing: []
        """
    }

    /// Loads a catalogue from files given by their paths; returns it, or the problems as lines.
    static func load(_ files: [String: String]) throws -> (catalogue: Catalogue?, lines: [String]) {
        let folder = try TemporaryFolder()
        for (name, text) in files { try folder.write(name, text) }
        do throws(Problems) {
            return (try CatalogueLoader.load(directory: folder.path), [])
        } catch {
            return (nil, error.lines(without: folder.path).map { $0.replacing(folder.path + "/", with: "") })
        }
    }

    /// Loads the right files with one text in one of them replaced.
    static func load(
        _ name: String, _ right: String, _ wrong: String
    ) throws -> (catalogue: Catalogue?, lines: [String]) {
        var files = Self.files
        files[name] = files[name]?.replacing(right, with: wrong)
        return try load(files)
    }
}
