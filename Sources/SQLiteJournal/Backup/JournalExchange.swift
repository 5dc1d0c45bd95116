import Foundation
import TwinCore
import TwinRuntime

/// Puts a journal that was made ready beside another one in its place.
enum JournalExchange {
    /// Exchanges the journals; cut off half-way, no Doppel starts on what is left.
    ///
    /// - Parameters:
    ///   - directory: The data folder, which is locked.
    ///   - fresh: The new journal's file; on the same disk.
    ///   - mark: The file that is in the folder meanwhile.
    /// - Returns: Where the journal was put that was there; `nil` when there was none.
    static func carryOut(
        in directory: String, for fresh: String, at time: UnixTime, mark name: String
    ) throws(JournalFailure) -> String? {
        let database = directory + "/" + SQLiteJournal.fileName
        let mark = "\(directory)/\(name)"
        try RawFile(writing: mark).synchronise()
        try RawFile.synchronise(folder: directory)
        var aside: String?
        let old = StoredJournal.suffixes.filter { RawFile.exists(database + $0) }
        if !old.isEmpty {
            // A colon is no friend of other systems' file names.
            let folder = "\(directory)/before-restore-" + time.rfc3339.replacing(":", with: "")
            try makeFolder(folder)
            for suffix in old {
                try RawFile.rename(database + suffix, to: "\(folder)/\(SQLiteJournal.fileName)\(suffix)")
            }
            try RawFile.synchronise(folder: folder)
            aside = folder
        }
        try RawFile.give([fresh, "\(directory)/\(DirectoryLock.fileName)"], toOwnerOf: directory)
        try RawFile.rename(fresh, to: database)
        try RawFile.synchronise(folder: directory)
        RawFile.remove(mark)
        try RawFile.synchronise(folder: directory)
        return aside
    }

    /// Makes a folder, and those above it.
    static func makeFolder(_ path: String) throws(JournalFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw JournalFailure(
                "cannot make the folder \(path): \(error.localizedDescription) Name another one, or make it by hand.")
        }
    }
}
