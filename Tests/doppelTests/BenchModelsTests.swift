import Foundation
import Testing

@testable import doppel

@Suite struct BenchModelsTests {
    private let place = FileManager.default.temporaryDirectory.appending(path: "doppel-models-\(UUID().uuidString)")

    /// A clone with its models and a program in it, and a folder that has nothing to do with it.
    private func withClone(_ body: (_ clone: String, _ elsewhere: String, _ program: String) throws -> Void) throws {
        defer { try? FileManager.default.removeItem(at: place) }
        for folder in ["clone/twins/kinds", "clone/.build/release", "elsewhere"] {
            try FileManager.default.createDirectory(
                at: place.appending(path: folder), withIntermediateDirectories: true)
        }
        let clone = place.appending(path: "clone").path
        try body(clone, place.appending(path: "elsewhere").path, "\(clone)/.build/release/doppel")
    }

    @Test func aBenchmarkFindsTheModelsThatItsProgramCameWith() throws {
        try withClone { clone, elsewhere, program in
            let found = try BenchModels.arguments(environment: [:], folder: elsewhere, program: program)
            #expect(found == ["--twins-directory", "\(clone)/twins"])
        }
    }

    @Test func whatSomebodyChoseIsLeftAlone() throws {
        try withClone { clone, elsewhere, program in
            let usual = try BenchModels.arguments(environment: [:], folder: clone, program: program)
            #expect(usual.isEmpty)
            let named = try BenchModels.arguments(
                environment: ["DOPPEL_TWINS_DIRECTORY": "/srv/models"], folder: elsewhere, program: program)
            #expect(named.isEmpty)
        }
    }

    @Test func aProgramThatWasMovedAwayIsToldWhatToDo() throws {
        try withClone { _, elsewhere, _ in
            let failure = #expect(throws: BenchModels.Missing.self) {
                try BenchModels.arguments(environment: [:], folder: elsewhere, program: "\(elsewhere)/doppel")
            }
            #expect(failure?.description.contains("DOPPEL_TWINS_DIRECTORY=/path/to/doppel/twins doppel bench") == true)
        }
    }
}
