import EventLoop
import Foundation
import Synchronization

/// A real process that a test started, and what it wrote.
///
/// It ends with the tests, however they end: where the system knows how, by the kernel's hand.
final class Program: Sendable {
    /// How a process ended.
    enum Exit: Sendable, Equatable {
        case code(Int32)
        case signal(Int32)
    }

    private struct Record {
        var lines: [ChildLine] = []
        var exit: Exit?
        var child: ChildProcess?
    }

    private let record = Mutex(Record())

    /// Starts a program; it gets the given environment and nothing else.
    init(_ executable: URL, _ arguments: [String], environment: [String: String], folder: URL) async throws {
        var command = [executable.path] + arguments
        // The program takes setpriv's place (exec), so the number we know is its own.
        if let setpriv = try? InstalledProgram.find("setpriv") {
            command = [setpriv.path, "--pdeathsig", "KILL", "--"] + command
        }
        let specification = ChildSpecification(
            executable: command[0], arguments: Array(command.dropFirst()), environment: environment,
            workingDirectory: folder.path
        ) { [record = Reference(self)] line in record.program?.note(line) }
        let started = await TestLoop.run {
            Result { try TestLoop.shared.spawn(specification) { exit in self.note(exit) } }
        }
        let child = try started.get()
        record.withLock { $0.child = child }
    }

    /// Every line so far, of both streams.
    var lines: [String] { record.withLock { $0.lines.map(\.text) } }

    /// What was written to standard output.
    var output: String {
        record.withLock { $0.lines.filter { $0.stream == .standardOutput }.map(\.text) }.joined(separator: "\n")
    }

    /// What was written to standard error.
    var complaints: String {
        record.withLock { $0.lines.filter { $0.stream == .standardError }.map(\.text) }.joined(separator: "\n")
    }

    /// How it ended; `nil` while it runs.
    var exit: Exit? { record.withLock { $0.exit } }

    /// The system's number of the process.
    var processID: Int32 { record.withLock { $0.child?.processID ?? 0 } }

    /// Sends a signal, by the number of this very process.
    func signal(_ number: Int32) async {
        let child = record.withLock { $0.child }
        _ = await TestLoop.run { child?.signal(number) }
    }

    /// Waits for the end, and for the last line.
    @discardableResult
    func ended(within limit: Duration = .seconds(60)) async throws -> Exit {
        try await eventually("program \(processID) ends", within: limit) { exit != nil }
        guard let exit else { preconditionFailure("the program ended without an exit") }
        return exit
    }

    /// Kills it, if it still runs, and waits for its end.
    func kill() async throws {
        await signal(SIGKILL)
        try await ended()
    }

    /// The last lines, for messages.
    var tail: String { lines.suffix(12).joined(separator: "\n") }

    private func note(_ line: ChildLine) { record.withLock { $0.lines.append(line) } }

    private func note(_ exit: ChildExit) {
        record.withLock {
            $0.exit =
                switch exit {
                case .exited(let code): .code(code)
                case .signalled(let number): .signal(number)
                }
            $0.child = nil
        }
    }
}

/// Refers to a program whose initialiser is still under way.
private struct Reference: Sendable {
    weak let program: Program?
    init(_ program: Program) { self.program = program }
}

/// A program was not found.
struct NoSuchProgram: Error {
    let name: String
    let places: [String]
}

/// Programs of the operating system.
enum InstalledProgram {
    static func find(_ name: String) throws -> URL {
        let folders = ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        return try firstExecutable(folders.map { URL(filePath: $0).appending(path: name) }, name)
    }
}

/// The program under test.
enum BuiltProgram {
    /// `doppel` lies beside the tests, or a few folders above them where tests are bundles.
    static func find() throws -> URL {
        let tests = URL(filePath: CommandLine.arguments[0]).resolvingSymlinksInPath()
        var folder = tests.deletingLastPathComponent()
        var candidates: [URL] = []
        for _ in 0..<4 {
            candidates.append(folder.appending(path: "doppel"))
            folder = folder.deletingLastPathComponent()
        }
        return try firstExecutable(candidates, "doppel")
    }
}

private func firstExecutable(_ candidates: [URL], _ name: String) throws -> URL {
    let found = candidates.first { candidate in
        let values = try? candidate.resolvingSymlinksInPath().resourceValues(forKeys: [.isRegularFileKey])
        return values?.isRegularFile == true && FileManager.default.isExecutableFile(atPath: candidate.path)
    }
    guard let found else { throw NoSuchProgram(name: name, places: candidates.map(\.path)) }
    return found
}
