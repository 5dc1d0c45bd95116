import Foundation
import Testing

/// Nothing outside the gate can build the command that energises an output: it does not compile.
@Suite struct ClearedCommandCompileTests {
    private static let bypass = """
        func bypass(_ address: DeviceAddress, _ gpio: GPIO) -> ClearedCommand {
            ClearedCommand(
                address: address, gpio: gpio, id: CommandID("c-1"), drive: .on(level: 1), durationSeconds: 60,
                issuedBy: "nobody", issuedAt: UnixTime(milliseconds: 0), expiresAt: nil, timeToLiveMilliseconds: nil)
        }
        """

    @Test func `what the gate lets pass compiles`() async throws {
        let result = try Compiler.typecheck(
            """
            import TwinCore
            func off(_ address: DeviceAddress, _ gpio: GPIO) -> Request {
                .command(
                    Gate.deenergise(
                        gpio, at: address, id: CommandID("c-1"), issuedBy: "", issuedAt: UnixTime(milliseconds: 0)))
            }
            func on(_ order: Gate.Order, _ subject: Gate.Subject, _ around: Gate.Circumstances, _ now: Moment) -> Request? {
                guard case .cleared(let command, _) = Gate.energise(order, subject, around, at: now) else { return nil }
                return .command(command)
            }
            """)
        #expect(result.status == 0, "\(result.words)")
    }

    /// `@testable` opens what is internal, and not this.
    @Test(arguments: ["import TwinCore", "@testable import TwinCore"])
    func `a command that nobody cleared does not compile`(_ opening: String) throws {
        let result = try Compiler.typecheck("\(opening)\n\(Self.bypass)")
        #expect(result.status != 0)
        #expect(
            result.words.contains(
                "error: 'ClearedCommand' initializer is inaccessible due to 'fileprivate' protection level"),
            "\(result.words)")
        #expect(result.words.components(separatedBy: "error:").count - 1 <= 2, "nothing else is wrong: \(result.words)")
    }

    @Test func `a cleared command cannot be changed`() throws {
        let result = try Compiler.typecheck(
            """
            import TwinCore
            func change(_ command: inout ClearedCommand) { command.drive = .on(level: 1) }
            """)
        #expect(result.status != 0)
        #expect(result.words.contains("'drive' is a 'let' constant"), "\(result.words)")
    }

    @Test func `a cleared command cannot be read from somewhere`() throws {
        let result = try Compiler.typecheck(
            """
            import TwinCore
            func needsCodable<Value: Decodable>(_ type: Value.Type) {}
            func read() { needsCodable(ClearedCommand.self) }
            """)
        #expect(result.status != 0)
        #expect(result.words.contains("conform to 'Decodable'"), "\(result.words)")
    }
}

/// The compiler that built these tests, asked about other source text.
private enum Compiler {
    struct Result {
        let status: Int32
        let words: String
    }

    static func typecheck(_ source: String) throws -> Result {
        let modules = try #require(modules, "no folder of built modules beside \(CommandLine.arguments[0])")
        let compiler = try #require(compiler, "no swiftc beside the running toolchain, and none in PATH")
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("doppel-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("snippet.swift")
        try source.write(to: file, atomically: true, encoding: .utf8)
        let process = Process()
        process.executableURL = compiler
        process.arguments = [
            "-typecheck", "-swift-version", "6", "-I", modules.path, "-module-cache-path",
            folder.appendingPathComponent("cache").path, file.path,
        ]
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let words = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return Result(status: process.terminationStatus, words: words)
    }

    /// Where the build keeps its modules: beside the bundle of these tests.
    private static var modules: URL? {
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        var folder = URL(fileURLWithPath: bundle)
        // On some systems the bundle is a folder with the program inside.
        for _ in 0..<5 {
            folder.deleteLastPathComponent()
            let modules = folder.appendingPathComponent("Modules")
            let core = modules.appendingPathComponent("TwinCore.swiftmodule").path
            if FileManager.default.fileExists(atPath: core) { return modules }
        }
        return nil
    }

    private static var compiler: URL? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = [toolchain].compactMap(\.self) + path.split(separator: ":").map(String.init)
        return folders.map { URL(fileURLWithPath: $0).appendingPathComponent("swiftc") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }

    /// The folder of the programs that came with the standard library that is loaded here.
    private static var toolchain: String? {
        guard let maps = try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8) else { return nil }
        for line in maps.split(separator: "\n") where line.hasSuffix("/libswiftCore.so") {
            guard let start = line.firstIndex(of: "/"), let end = line.range(of: "/lib/swift/") else { continue }
            return line[start..<end.lowerBound] + "/bin"
        }
        return nil
    }
}
