import Fleet
import Foundation
import Yams

/// A fleet described in a YAML file.
struct ScenarioFile {
    /// The scenario that comes with Doppel, relative to the working directory.
    static let greenhouse = "simulator/scenarios/greenhouse.yaml"

    /// Its name.
    let name: String
    /// Its devices, ready to connect.
    let devices: [SimulatedDevice]

    /// Reads a scenario.
    ///
    /// - Throws: ``Problems`` that name the file and what is wrong in it.
    init(path: String) throws(Problems) {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw Problems([
                Problem(path, "cannot be read; name a scenario, such as \(Self.greenhouse) in Doppel's own folder")
            ])
        }
        do {
            let scenario = try YAMLDecoder().decode(Scenario.self, from: text)
            name = scenario.name
            devices = try scenario.fleet()
        } catch let error as ScenarioError {
            throw Problems(error.problems.map { Problem("\(path): \($0.member)", $0.explanation) })
        } catch {
            throw Problems([Problem(path, Self.explain(error))])
        }
    }

    private static func explain(_ error: any Error) -> String {
        guard let error = error as? DecodingError else { return "\(error)" }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context)) lacks '\(key.stringValue)'"
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return "\(place(context)): \(context.debugDescription)"
        @unknown default: return "\(error)"
        }
    }

    private static func place(_ context: DecodingError.Context) -> String {
        let path = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
        return path.isEmpty ? "the file" : path
    }
}
