import Foundation
import GRDB
import Logging
import Synchronization
import TwinRuntime

/// Room on the journal's disk that is kept for when there is no other: a file that is made shorter then.
///
/// SQLite needs room even to open a database whose log is empty, so without it a Doppel that ends on a full disk cannot
/// start again, and nothing switches off. It is used for two things: to open the journal, and to store that a stop is
/// latched. What is left is taken back at once, so readings do not use it up.
///
/// Changed while the journal is opened and on its queue, never on both.
final class Reserve: Sendable {
    /// The file's name within the data folder.
    static let fileName = "doppel.reserve"
    /// How much is written at a time, and what a disk with room has at least, in bytes.
    static let pieceBytes = 64 * 1024
    /// How much a disk must have left besides when the reserve is made or made whole, in bytes.
    static let marginBytes = 64 * 1024 * 1024
    /// How often it is seen whether it is whole, in nanoseconds.
    static let lookNanoseconds: UInt64 = 60_000_000_000

    private struct State {
        var heldBytes = 0
        /// The `errno` of the latest attempt to make it larger; 0 for none.
        var error: Int32 = 0
        var nextLook: UInt64 = 0
        var isShortageTold = false
        var isGivenBack = false
    }

    private let path: String
    private let wantedBytes: Int
    private let freeBytes: @Sendable (String) -> Int?
    private let logger: Logger
    private let state: Mutex<State>

    /// Finds the reserve of a data folder; nothing is made before ``keepWhole(at:)``.
    init(in directory: String, _ options: JournalOptions) {
        path = directory + "/" + Self.fileName
        wantedBytes = options.reserveBytes
        freeBytes = options.freeBytes
        logger = options.logger
        state = Mutex(State(heldBytes: Self.length(of: path)))
    }

    /// Gives all of it back, if what failed failed for want of room.
    ///
    /// - Returns: Whether there is room now that was not there before.
    func giveBack(becauseOf error: any Error) -> Bool {
        let held = Self.length(of: path)
        guard held > 0, isWantOfRoom(error, held), unsafe truncate(path, 0) == 0 else { return false }
        state.withLock { ($0.heldBytes, $0.isGivenBack) = (0, true) }
        return true
    }

    /// Takes what is left of it, whatever else the disk has.
    func takeBack() {
        grow(to: wantedBytes)
        state.withLock { $0.isGivenBack = false }
    }

    /// Makes it whole where there is more room than that, once a minute at most.
    func keepWhole(at uptimeNanoseconds: UInt64) {
        let isDue = state.withLock { state in
            guard uptimeNanoseconds >= state.nextLook, !state.isGivenBack else { return false }
            state.nextLook = uptimeNanoseconds + Self.lookNanoseconds
            return true
        }
        guard isDue, wantedBytes > 0 else { return }
        let held = Self.length(of: path)
        state.withLock { $0.heldBytes = held }
        if held < wantedBytes, freeBytes(path) ?? .max >= wantedBytes - held + Self.marginBytes {
            grow(to: wantedBytes)
        }
        tellShortage()
    }

    /// Why it is not whole, and what to do; `nil` while it is.
    func shortage() -> String? {
        let (held, error) = state.withLock { ($0.heldBytes, $0.error) }
        guard held < wantedBytes else { return nil }
        let free = (wantedBytes + Self.marginBytes) / 1_048_576
        switch error {
        case 0, ENOSPC, EDQUOT:
            return "the disk is nearly full: \(held / 1024) of \(wantedBytes / 1024) KiB are kept for starting and "
                + "stopping on a full one. Free \(free) MiB: the rest is then kept within a minute or two"
        default:
            let reason = unsafe String(cString: strerror(error))
            return "\(path) cannot be written (\(reason)), so no room is kept for starting on a full disk. Remove it, "
                + "or give it to Doppel's user"
        }
    }

    /// Says in the log what it was used for, and what to do.
    func tell(_ text: String) {
        logger.warning(
            "\(text)",
            metadata: ["do": "Free some space on this disk; everything then goes on by itself.", "file": "\(path)"])
    }

    private func tellShortage() {
        let shortage = shortage()
        let wasTold = state.withLock { state in
            defer { state.isShortageTold = shortage != nil }
            return state.isShortageTold
        }
        if let shortage, !wasTold { logger.warning("Little room is left for the journal: \(shortage).") }
        if shortage == nil, wasTold { logger.notice("The room that is kept for a full disk is whole again.") }
    }

    /// Some of SQLite's errors do not say why; the disk is asked then.
    private func isWantOfRoom(_ error: any Error, _ held: Int) -> Bool {
        switch error {
        case let error as DatabaseError where error.resultCode == .SQLITE_FULL: return true
        case let fault as FileFault where Self.isWantOfRoom(fault.systemError): return true
        case is DatabaseError, is FileFault:
            let obstacle = grow(to: held + Self.pieceBytes)
            _ = unsafe truncate(path, off_t(held))
            return Self.isWantOfRoom(obstacle)
        default: return false
        }
    }

    private static func isWantOfRoom(_ systemError: Int32) -> Bool { systemError == ENOSPC || systemError == EDQUOT }

    /// Makes the file so long, or as long as there is room, and returns the `errno` of what was in the way.
    ///
    /// Written, because a file with holes keeps no room; not synchronised, because what a power cut takes is made anew.
    @discardableResult
    private func grow(to bytes: Int) -> Int32 {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        var obstacle = descriptor < 0 ? errno : 0
        if descriptor >= 0 {
            let piece = [UInt8](repeating: 0, count: Self.pieceBytes)
            while obstacle == 0, case let missing = bytes - Self.length(of: path), missing > 0 {
                let written = unsafe write(descriptor, piece, min(missing, piece.count))
                if written < 0, errno != EINTR { obstacle = errno }
            }
            _ = close(descriptor)
            // A copy to PostgreSQL may be made by root; the file is for Doppel's own user.
            try? RawFile.give([path], toOwnerOf: JournalBackup.folder(of: path))
        }
        let held = Self.length(of: path)
        state.withLock { ($0.heldBytes, $0.error) = (min(held, wantedBytes), obstacle) }
        return obstacle
    }

    private static func length(of path: String) -> Int {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
