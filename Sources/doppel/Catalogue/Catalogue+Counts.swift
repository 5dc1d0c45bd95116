import TwinCore

extension Catalogue {
    /// How much it holds, in words: `6 sensor kinds, 4 actuator kinds, 2 boards, 1 site, 0 libraries`.
    var counts: String {
        [
            Self.words(sensorKinds.count, "sensor kind", "sensor kinds"),
            Self.words(actuatorKinds.count, "actuator kind", "actuator kinds"),
            Self.words(boards.count, "board", "boards"), Self.words(sites.count, "site", "sites"),
            Self.words(libraries.count, "library", "libraries"),
        ].joined(separator: ", ")
    }

    private static func words(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }
}
