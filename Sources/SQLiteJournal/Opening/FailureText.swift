import Foundation
import GRDB
import TwinRuntime

/// An error of the database's file, with what the operating system says of a write beside it.
///
/// SQLite does not tell: it asks for `errno` when a statement fails, and not when a COMMIT does.
struct FileFault: Error {
    let error: DatabaseError
    /// An `errno`.
    let systemError: Int32
}

extension JournalFailure {
    /// Says what SQLite ran into in words for the person who is on duty: what happened, what is safe, what to do.
    ///
    /// - Parameters:
    ///   - error: What was thrown.
    ///   - activity: What was being done, such as "store facts in".
    ///   - path: The database's path.
    init(_ error: any Error, while activity: String, _ path: String) {
        switch error {
        case let failure as JournalFailure: self = failure
        case let error as DatabaseError:
            self.init("cannot \(activity) \(path): \(Self.advice(for: error)) (\(Self.text(of: error)))")
        case let fault as FileFault:
            let reason = unsafe String(cString: strerror(fault.systemError))
            let text = "\(Self.text(of: fault.error)); the system says: \(reason)"
            self.init("cannot \(activity) \(path): \(Self.advice(for: fault)) (\(text))")
        default:
            self.init("cannot \(activity) \(path): \(error). What was stored before is safe.")
        }
    }

    private static func text(of error: DatabaseError) -> String {
        "SQLite \(error.extendedResultCode.rawValue)" + (error.message.map { ": \($0)" } ?? "")
    }

    /// What cannot grow, where only the shared index of the log is made larger, finds no room.
    private static func advice(for error: DatabaseError) -> String {
        advice(for: error.extendedResultCode == .SQLITE_IOERR_SHMSIZE ? .SQLITE_FULL : error.resultCode)
    }

    /// SQLite calls many things an I/O error; these are no reason to fear for the disk or to change it.
    private static func advice(for fault: FileFault) -> String {
        switch fault.systemError {
        case ENOSPC, EDQUOT: advice(for: .SQLITE_FULL)
        case EROFS:
            "its file system is read-only, which Linux makes of one that has an error. Everything stored before is "
                + "safe, and nothing was half-written; the broker keeps what is not stored. Look at the system log for "
                + "the disk, and mount it for writing: storing then goes on by itself."
        default: advice(for: .SQLITE_IOERR)
        }
    }

    private static func advice(for code: ResultCode) -> String {
        switch code {
        case .SQLITE_FULL:
            "the disk is full. Everything stored before is safe, and nothing was half-written; the broker keeps what "
                + "is not stored. Free some space on this disk: storing then goes on by itself."
        case .SQLITE_IOERR:
            "the disk reports an error. What was stored before was checked as it was written, and nothing was "
                + "half-written; the broker keeps what is not stored. Look at the system log for the disk, and copy "
                + "the data directory to another disk if errors go on."
        case .SQLITE_READONLY, .SQLITE_PERM, .SQLITE_AUTH:
            "the file or its folder is read-only. Everything stored before is safe. Give Doppel's user the right to "
                + "write to the folder and all files in it, or mount the disk for writing."
        case .SQLITE_CANTOPEN:
            "the file cannot be opened. Nothing was changed. Check that the folder exists, that its disk has "
                + "room, that Doppel's user may write to it, and that the process may open more files."
        case .SQLITE_CORRUPT, .SQLITE_NOTADB:
            "the file is damaged or no database of Doppel's. Nothing more was written to it. Stop Doppel, copy the "
                + "whole data directory to a safe place, then restore a backup, or move the file away to start empty."
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            "another program holds the file. Nothing was changed. Close the other program, such as a database browser."
        case .SQLITE_NOMEM:
            "there is not enough memory. Everything stored before is safe. End other programs, or give Doppel more."
        case .SQLITE_TOOBIG:
            "a row is larger than the database takes. Everything stored before is safe. Please report this."
        case .SQLITE_CONSTRAINT:
            "a row contradicts what is stored. Everything stored before is safe and nothing of this batch was stored. "
                + "Please report this with the text in parentheses."
        default:
            "the database reports an error. Everything stored before is safe and nothing was half-written. Please "
                + "report this with the text in parentheses if it goes on."
        }
    }

    /// Says which row could not be understood.
    static func unreadable(_ row: String, _ why: any Error) -> Self {
        Self(
            "\(row) cannot be read: \(why). Nothing was changed. It was damaged, or written by another version: start "
                + "the version that wrote it, or restore a backup of the data directory.")
    }
}

/// Why a column holds nothing usable.
struct ColumnFault: Error, CustomStringConvertible {
    let description: String

    init(_ column: String, _ value: some Any) { description = "column \(column) holds \(value)" }
}
