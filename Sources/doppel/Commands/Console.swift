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
            // Nobody reads any more (`doppel twin watch | head`): there is nothing left to do.
            do { try FileHandle.standardOutput.write(contentsOf: Data(bytes)) } catch { exit(ClientExit.success) }
        },
        tell: { line in try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8)) })
}
