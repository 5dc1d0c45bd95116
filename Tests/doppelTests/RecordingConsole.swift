import Synchronization

@testable import doppel

/// A console that keeps everything, for tests.
final class RecordingConsole: Sendable {
    private let kept = Mutex((result: [UInt8](), messages: [String]()))

    /// The console to hand to a command.
    var console: Console {
        Console(
            write: { [self] bytes in kept.withLock { $0.result += bytes } },
            tell: { [self] line in kept.withLock { $0.messages.append(line) } })
    }

    /// The result so far.
    var result: String { kept.withLock { String(decoding: $0.result, as: UTF8.self) } }
    /// The messages so far.
    var messages: [String] { kept.withLock { $0.messages } }
}
