import EventLoop
import Foundation
import Synchronization

/// A child process that says on its standard output how far it is.
final class BenchChild: Sendable {
    /// Why a child's word will not come.
    struct Silence: Error, CustomStringConvertible {
        let description: String
    }

    private struct State {
        var lines: [String] = []
        var exit: ChildExit?
        var waiter: (prefix: String, continuation: CheckedContinuation<String, any Error>)?
    }

    private let name: String
    private let state = Mutex(State())
    private let process = Mutex<ChildProcess?>(nil)

    /// What becomes the program it is given (exec), and has the kernel end it with us, where the system has it.
    private static let setpriv = "/usr/bin/setpriv"

    /// Starts a child, which does not outlive us.
    static func start(_ name: String, _ executable: String, _ arguments: [String], on loop: EventLoop) async throws
        -> BenchChild
    {
        let child = BenchChild(name)
        var command = [executable] + arguments
        if FileManager.default.isExecutableFile(atPath: setpriv) {
            command = [setpriv, "--pdeathsig", "KILL", "--"] + command
        }
        let words = command
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            loop.post {
                do {
                    let specification = ChildSpecification(executable: words[0], arguments: Array(words.dropFirst())) {
                        line in
                        if line.stream == .standardOutput {
                            child.note(line.text)
                        } else {
                            Console.standard.tell("\(name): \(line.text)")
                        }
                    }
                    let process = try loop.spawn(specification) { child.note($0) }
                    child.process.withLock { $0 = process }
                    continuation.resume()
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        return child
    }

    private init(_ name: String) { self.name = name }

    /// The next line with a prefix; throws when the child ends before it.
    func line(_ prefix: String) async throws -> String {
        try await withCheckedThrowingContinuation { continuation in
            state.withLock { state in
                state.waiter = (prefix, continuation)
                settle(&state)
            }
        }
    }

    /// Sends a signal; nothing when it has ended.
    func signal(_ number: Int32, on loop: EventLoop) {
        loop.post { self.process.withLock { _ = $0?.signal(number) } }
    }

    /// Asks it to end, and waits until it has.
    func end(on loop: EventLoop) async {
        signal(SignalNumber.terminate.rawValue, on: loop)
        _ = try? await line("\0")
    }

    private func note(_ line: String) {
        state.withLock { state in
            state.lines.append(line)
            settle(&state)
        }
    }

    private func note(_ exit: ChildExit) {
        state.withLock { state in
            state.exit = exit
            settle(&state)
        }
    }

    private func settle(_ state: inout State) {
        guard let waiter = state.waiter else { return }
        if let index = state.lines.firstIndex(where: { $0.hasPrefix(waiter.prefix) }) {
            let line = state.lines[index]
            state.lines.removeSubrange(...index)
            state.waiter = nil
            waiter.continuation.resume(returning: line)
        } else if let exit = state.exit {
            state.waiter = nil
            waiter.continuation.resume(throwing: Silence(description: "\(name) ended early (\(exit))"))
        }
    }
}
