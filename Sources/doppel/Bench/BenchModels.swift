import Foundation

/// The models that a benchmark's `doppel serve` works with: those of this folder, or those that came with the program.
enum BenchModels {
    /// There are no models.
    struct Missing: Error, CustomStringConvertible {
        let description =
            "there are no models at ./twins, nor beside the program. Run it in Doppel's own folder, or name its "
            + "models: \(ConfigurationKey.twinsDirectory.variable)=/path/to/doppel/twins doppel bench …"
    }

    /// The flag that names them; none where `doppel serve` finds them as it always does.
    static func arguments(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        folder: String = FileManager.default.currentDirectoryPath, program: String? = try? BenchStage.program()
    ) throws -> [String] {
        let usual = [ConfigurationFile.defaultPath, "twins/kinds"].map { "\(folder)/\($0)" }
        guard environment[ConfigurationKey.twinsDirectory.variable] == nil, !usual.contains(where: isThere) else {
            return []
        }
        // A build lies below the clone that it was made of.
        var above = program.map { URL(fileURLWithPath: $0).deletingLastPathComponent() }
        while let place = above {
            let models = place.appending(path: "twins").path
            if isThere("\(models)/kinds") { return [ConfigurationKey.twinsDirectory.flag, models] }
            let parent = place.deletingLastPathComponent()
            above = parent.path == place.path ? nil : parent
        }
        throw Missing()
    }

    private static func isThere(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }
}
