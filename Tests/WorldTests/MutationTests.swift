import Foundation
import Testing

/// The planted defects of `simulator/mutations/`; `make mutations` looks whether the worlds find them.
@Suite struct MutationTests {
    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The defects' names, in order.
    static var names: [String] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "simulator/mutations").path)
                .filter { $0.hasSuffix(".patch") }.sorted()
        }
    }

    @Test func `there are at least twenty defects, each with a number of its own`() throws {
        let numbers = try Self.names.map { $0.prefix { $0 != "-" } }
        #expect(numbers.count >= 20)
        #expect(Set(numbers).count == numbers.count)
    }

    @Test(arguments: try names) func `a defect applies to the present sources and says what it is`(
        name: String
    ) throws {
        let path = "simulator/mutations/\(name)"
        let lines = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8).split(separator: "\n")
        #expect(lines.first?.hasPrefix("Plants: ") == true)
        #expect(lines.dropFirst().first?.hasPrefix("Breaks: ") == true)
        let check = Process()
        let words = Pipe()
        check.executableURL = URL(filePath: "/usr/bin/env")
        check.arguments = ["git", "apply", "--check", path]
        check.currentDirectoryURL = Self.root
        check.standardError = words
        try check.run()
        let complaint = String(decoding: words.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        check.waitUntilExit()
        #expect(check.terminationStatus == 0, "\(complaint)")
    }
}
