import Foundation

/// An empty folder that a measurement has to itself.
enum BenchFolder {
    /// Makes one, and removes it in the end.
    ///
    /// - Parameter parent: Where; the folder for temporary files if `nil`.
    static func with<Outcome>(in parent: String?, _ body: (String) async throws -> Outcome) async throws -> Outcome {
        let place = parent.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory
        let folder = place.appendingPathComponent("doppel-bench-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(folder.path)
    }
}
