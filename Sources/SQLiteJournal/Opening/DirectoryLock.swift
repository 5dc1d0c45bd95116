import Foundation
import TwinRuntime

/// A data folder's one lock, held by one process at a time.
///
/// The kernel releases it when the process ends, however it ends. The descriptor is not inherited by child processes,
/// so the embedded broker cannot keep the lock of a dead Doppel.
final class DirectoryLock: Sendable {
    /// The lock file's name within the folder.
    static let fileName = "doppel.lock"

    private let descriptor: Int32

    /// Takes the lock, or fails at once when another process has it.
    init(directory: String) throws(JournalFailure) {
        let path = directory + "/" + Self.fileName
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            let advice = Self.advice(for: errno)
            throw JournalFailure("cannot open the lock file \(path): \(Self.errnoText). Nothing was changed. \(advice)")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isHeld = errno == EWOULDBLOCK
            let reason = isHeld ? "another doppel\(Self.holder(descriptor)) is using \(directory)" : Self.errnoText
            // The descriptor is set, so throwing from here ends in deinit, which closes it.
            throw JournalFailure(
                isHeld
                    ? "\(reason). Nothing was changed. Stop the other one first, or name another data directory."
                    : "cannot lock \(path): \(reason). Nothing was changed. The data directory must lie on a file "
                        + "system that supports locks.")
        }
        // For the message above, and for people; the lock itself does not depend on it.
        _ = ftruncate(descriptor, 0)
        _ = writeError()
    }

    /// Writes who has the lock into the folder, and returns the `errno` of it; `nil` when it can be written.
    func writeError() -> Int32? {
        let owner = Array("\(getpid())\n".utf8)
        return unsafe pwrite(descriptor, owner, owner.count, 0) < 0 ? errno : nil
    }

    deinit {
        // Said, not left to the closing: a child between its fork and its exec still holds a copy of the descriptor.
        release()
        _ = Foundation.close(descriptor)
    }

    /// Lets go of the lock before the object goes; harmless when repeated.
    func release() { _ = flock(descriptor, LOCK_UN) }

    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = unsafe pread(descriptor, &bytes, bytes.count, 0)
        guard count > 0, let process = Int(String(decoding: bytes.prefix(count).dropLast(), as: UTF8.self)) else {
            return ""
        }
        return " (process \(process))"
    }

    private static func advice(for systemError: Int32) -> String {
        switch systemError {
        case EROFS:
            "Mount its file system for writing (`mount -o remount,rw`); when Linux made it read-only, the system log "
                + "says which disk has errors."
        case ENOSPC, EDQUOT: "Free some space on this disk."
        default: "Give Doppel's user the right to write to this folder, or name another one as data directory."
        }
    }

    private static var errnoText: String { unsafe String(cString: strerror(errno)) }
}
