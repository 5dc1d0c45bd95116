import Foundation
import TwinCore

/// Reads the models of `twins/` as one whole: all of it is right, or none of it is used.
enum CatalogueLoader {
    /// The most kinds a catalogue holds.
    static let maximumKinds = 1000

    /// Reads every kind below a folder.
    ///
    /// The same files give the same catalogue: files are read in the order of their names.
    /// - Parameter directory: The folder that holds `kinds/`.
    /// - Throws: Every problem of every file, with file and line.
    static func load(directory: String) throws(Problems) -> Catalogue {
        var problems: [Problem] = []
        var sensors: [SensorKind] = []
        var actuators: [ActuatorKind] = []
        var sensorWords: [String: String] = [:]
        var actuatorWords: [String: String] = [:]
        var files: [KindFile] = []
        let folder = directory.hasSuffix("/") ? "\(directory)kinds" : "\(directory)/kinds"
        for name in try fileNames(in: folder, &problems) {
            let file: KindFile
            do {
                file = KindFile(try YAMLText(path: "\(folder)/\(name)"), fileName: name)
            } catch {
                problems += error.list
                continue
            }
            files.append(file)
            problems += file.problems
            switch file.kind {
            case .sensor(let kind):
                sensors.append(kind)
                problems += claim(file.words, among: &sensorWords)
            case .actuator(let kind):
                actuators.append(kind)
                problems += claim(file.words, among: &actuatorWords)
            case nil: break
            }
        }
        problems += KindReferences.problems(among: files)
        guard problems.isEmpty else { throw Problems(problems) }
        return Catalogue(sensorKinds: sensors, actuatorKinds: actuators)
    }

    private static func fileNames(in folder: String, _ problems: inout [Problem]) throws(Problems) -> [String] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw Problems([
                Problem(folder, "is no folder that can be read; 'twins_directory' must name the folder above it")
            ])
        }
        // Editors leave hidden files and copies ending in ~ behind.
        let visible = names.filter { !$0.hasPrefix(".") && !$0.hasSuffix("~") }
        let kinds = visible.filter { $0.hasSuffix(".yaml") }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for stray in visible.filter({ !$0.hasSuffix(".yaml") }).sorted() {
            problems.append(Problem("\(folder)/\(stray)", "is no model; a model's file ends in .yaml"))
        }
        guard !kinds.isEmpty else { throw Problems(problems + [Problem(folder, "holds no model")]) }
        guard kinds.count <= maximumKinds else {
            throw Problems([Problem(folder, "holds \(kinds.count) models; at most \(maximumKinds) are read")])
        }
        return kinds
    }

    /// Notes each word that is taken already.
    private static func claim(
        _ words: [(word: String, place: String)], among taken: inout [String: String]
    ) -> [Problem] {
        var problems: [Problem] = []
        for (word, place) in words {
            if let other = taken[word] {
                problems.append(Problem(place, "'\(word)' is a name or alias already, at \(other)"))
            } else {
                taken[word] = place
            }
        }
        return problems
    }
}
