import Foundation
import Synchronization

@testable import doppel

/// The repository's files.
enum Repository {
    /// The folder that holds `Package.swift`.
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

    /// A file's text.
    static func text(_ path: String) throws -> String {
        try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
    }
}

/// Ports for servers of tests.
enum UnusedPort {
    // Below the range from which the system gives ports to clients, so that nobody gets one in between.
    private static let latest = Mutex(20_000 + Int(getpid()) % 8000)

    /// A port on loopback on which nobody listens, and which no other test of this run gets.
    static func take() -> Int {
        latest.withLock { latest in
            repeat { latest += 1 } while !LoopbackPort(number: latest).isFree
            return latest
        }
    }
}

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = FileManager.default.temporaryDirectory.appendingPathComponent("doppel-test-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Writes a file, with the folders above it, and returns its path.
    @discardableResult
    func write(_ name: String, _ text: String) throws -> String {
        let file = URL(fileURLWithPath: path).appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }
}

extension Problems {
    /// The problems as lines, with a folder's path taken away.
    func lines(without folder: String) -> [String] {
        list.map { $0.description.replacingOccurrences(of: folder + "/", with: "") }
    }
}

/// Runs something that must fail with problems, and returns them as lines.
func problems(without folder: String = "/nowhere", _ body: () throws(Problems) -> Void) -> [String] {
    do {
        try body()
        return []
    } catch {
        return error.lines(without: folder)
    }
}
