import Foundation
import Synchronization

/// Says how far a copy is: one line that is written over on a terminal, a line now and then otherwise.
final class CopyMeter: Sendable {
    /// How often somebody who reads a file is told, in seconds; on a terminal it is four times a second.
    private static let pauseSeconds = 10.0

    private let console: Console
    private let last: UInt64
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private let told: Mutex<ContinuousClock.Instant>

    /// Begins to measure.
    ///
    /// - Parameter last: The last sequence number there is.
    init(_ console: Console, of last: UInt64) {
        self.console = console
        self.last = last
        told = Mutex(ContinuousClock().now)
    }

    /// Everything up to a sequence number is there.
    func reached(_ sequence: UInt64) {
        let now = ContinuousClock().now
        let isDue = told.withLock { told in
            guard now - told >= .seconds(isTerminal ? 0.25 : Self.pauseSeconds) else { return false }
            told = now
            return true
        }
        guard isDue else { return }
        let text = "copied up to \(sequence) of \(last) (\(last > 0 ? sequence * 100 / last : 100) %)"
        guard isTerminal else { return console.tell(text) }
        try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[2K\(text)".utf8))
    }

    /// Clears the line.
    func end() {
        if isTerminal { try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[2K".utf8)) }
    }
}
