import Foundation

/// Where a command's lines go: results to one stream, messages for people to the other.
struct Console: Sendable {
    /// Writes bytes of the result.
    let write: @Sendable ([UInt8]) -> Void
    /// Writes one line for a person, who may be somewhere else than the result.
    let tell: @Sendable (String) -> Void

    /// Writes one line of the result.
    func show(_ line: String) { write(Array(line.utf8) + [UInt8(ascii: "\n")]) }

    /// Standard output and standard error.
    static let standard = Console(
        write: { bytes in
            guard let reason = failure(ofWriting: bytes, to: STDOUT_FILENO) else { return }
            // Nobody reads any more (`doppel twin watch | head`): there is nothing left to do.
            guard reason != EPIPE else { exit(ClientExit.success) }
            let words = unsafe String(cString: strerror(reason))
            let message = "THE OUTPUT IS CUT SHORT: \(words). Take it again.\n"
            _ = failure(ofWriting: Array(message.utf8), to: STDERR_FILENO)
            exit(ClientExit.cutShort)
        },
        tell: { line in _ = failure(ofWriting: Array("\(line)\n".utf8), to: STDERR_FILENO) })

    /// Writes everything; returns what was in the way.
    private static func failure(ofWriting bytes: [UInt8], to descriptor: Int32) -> Int32? {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { return errno }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}
