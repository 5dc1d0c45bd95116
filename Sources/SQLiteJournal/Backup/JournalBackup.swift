import Foundation
import GRDB
public import TwinCore
public import TwinRuntime

/// A copy of everything durable in one file: facts with the latch in them, readings, commands, snapshots, safety
/// records, dead letters.
public struct JournalBackup: Sendable {
    /// Where the file lies.
    public let path: String

    /// Names a backup, whether it is there or not.
    public init(_ path: String) { self.path = path }

    /// What the file says of itself.
    public func header() throws(JournalFailure) -> BackupHeader {
        try BackupHeader(RawFile(reading: path).read(BackupHeader.bytes), of: path)
    }

    /// Copies the journal of a data folder, whether a Doppel uses it or not.
    ///
    /// The copy is what one read transaction saw. Commits go on meanwhile; what they write stays in the write-ahead
    /// log until the copy is made. The file gets its name when it is whole and on the disk; nothing is left of one that
    /// failed.
    ///
    /// - Parameters:
    ///   - directory: The data folder.
    ///   - version: The version of Doppel that makes it.
    ///   - time: Now.
    ///   - overwrites: Whether a file of this name is replaced.
    public func make(
        of directory: String, by version: String, at time: UnixTime, overwrites: Bool
    ) throws(JournalFailure) -> BackupHeader {
        let source = directory + "/" + SQLiteJournal.fileName
        guard RawFile.exists(source) else {
            throw JournalFailure("there is no journal at \(source). Name the data directory that Doppel uses.")
        }
        try refuseToReplace(what: directory, overwrites: overwrites)
        try Self.expectFolder(Self.folder(of: path))
        let partial = try RawFile(writing: partialPath)
        let copy = copyPath
        defer { removeLeftovers() }
        Self.removeDatabase(copy)
        // The same readers as of the backup, from its first byte on.
        _ = try RawFile(writing: copy)
        try Self.copy(source, to: copy)
        var header = try StoredJournal(copy).header(by: version, at: time)
        try pack(copy, into: partial, &header)
        try RawFile.rename(partial.path, to: path)
        try RawFile.synchronise(folder: Self.folder(of: path))
        return header
    }

    private var partialPath: String { path + ".partial" }
    private var copyPath: String { path + ".copy.sqlite" }

    /// Removes what a backup that was not finished left beside its file.
    public func removeLeftovers() {
        Self.removeDatabase(copyPath)
        RawFile.remove(partialPath)
    }

    /// A backup never takes the place of the journal that it is made of, nor of anything that is no file.
    private func refuseToReplace(what directory: String, overwrites: Bool) throws(JournalFailure) {
        guard RawFile.exists(path) else { return }
        guard RawFile.isOrdinary(path) else {
            throw JournalFailure("\(path) is no ordinary file and was not touched. Name a file.")
        }
        let own =
            StoredJournal.suffixes.map { SQLiteJournal.fileName + $0 } + [DirectoryLock.fileName, Reserve.fileName]
        for name in own where RawFile.areSame(path, "\(directory)/\(name)") {
            throw JournalFailure(
                "\(path) is Doppel's own \(name) and was not touched. Name a file outside the data directory.")
        }
        guard overwrites else {
            throw JournalFailure("\(path) is there already and was not touched. Name another file, or say --force.")
        }
    }

    private static func copy(_ source: String, to copy: String) throws(JournalFailure) {
        do {
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(JournalOptions().busyTimeoutSeconds)
            let queue = try DatabaseQueue(path: source, configuration: configuration)
            defer { try? queue.close() }
            // One statement is one read transaction of the writer's file, which therefore never waits for it.
            try queue.inDatabase { try $0.execute(sql: "VACUUM INTO ?", arguments: [copy]) }
        } catch {
            throw JournalFailure.backup(error, source, copy)
        }
    }

    private func pack(_ copy: String, into partial: RawFile, _ header: inout BackupHeader) throws(JournalFailure) {
        let database = try RawFile(reading: copy)
        let stream = try PackedStream(.packing)
        var digest = SHA256Stream()
        var packed: Int64 = 0
        header.databaseBytes = try database.length()
        try partial.write([UInt8](repeating: 0, count: BackupHeader.bytes))
        while !stream.isAtEnd {
            let piece = try database.read(PackedStream.pieceBytes)
            try stream.process(piece, isLast: piece.count < PackedStream.pieceBytes) { bytes throws(JournalFailure) in
                digest.append(bytes)
                packed += Int64(bytes.count)
                try partial.write(bytes)
            }
        }
        header.packedBytes = packed
        header.sha256 = digest.hexDigest()
        try partial.write(header.encoded(), at: 0)
        try partial.synchronise()
    }

    /// Unpacks the database into a file, and compares everything that the header says of its bytes.
    ///
    /// - Throws: ``JournalFailure`` where anything is damaged; the file is then to be thrown away.
    func unpack(_ header: BackupHeader, into target: RawFile) throws(JournalFailure) {
        let file = try RawFile(reading: path)
        let length = try file.length() - Int64(BackupHeader.bytes)
        guard length == header.packedBytes else {
            throw JournalFailure(
                "\(path) is \(length < header.packedBytes ? "cut off" : "longer than it was"): \(length) packed bytes "
                    + "where its header says \(header.packedBytes).")
        }
        _ = try file.read(BackupHeader.bytes)
        let stream = try PackedStream(.unpacking)
        var digest = SHA256Stream()
        var unpacked: Int64 = 0
        var damage: JournalFailure?
        while case let piece = try file.read(PackedStream.pieceBytes), !piece.isEmpty {
            digest.append(piece)
            guard damage == nil else { continue }
            do throws(JournalFailure) {
                try stream.process(piece, isLast: false) { bytes throws(JournalFailure) in
                    unpacked += Int64(bytes.count)
                    try target.write(bytes)
                }
            } catch {
                damage = error
            }
        }
        if let failure = target.writingFailure { throw failure }
        if let damage { throw JournalFailure("the content of \(path) cannot be unpacked: \(damage.description)") }
        guard digest.hexDigest() == header.sha256 else {
            throw JournalFailure("the content of \(path) is damaged: its SHA-256 is not what its header says.")
        }
        guard stream.isAtEnd, unpacked == header.databaseBytes else {
            throw JournalFailure(
                "the content of \(path) is damaged: \(unpacked) bytes come out where its header says "
                    + "\(header.databaseBytes).")
        }
        try target.synchronise()
    }

    /// Says that a folder is not there, rather than that a file of a name that nobody gave cannot be made in it.
    static func expectFolder(_ folder: String) throws(JournalFailure) {
        guard !RawFile.exists(folder) else { return }
        throw JournalFailure("there is no folder \(folder). Make it first, or name another one.")
    }

    /// The folder that holds a file.
    static func folder(of path: String) -> String {
        let folder = (path as NSString).deletingLastPathComponent
        return folder.isEmpty ? "." : folder
    }

    /// Removes a database with what SQLite keeps beside it.
    static func removeDatabase(_ path: String) {
        for suffix in StoredJournal.suffixes { RawFile.remove(path + suffix) }
    }
}

extension JournalFailure {
    /// What SQLite ran into while it copied; the file that was to be written is as likely the reason as the one read.
    fileprivate static func backup(_ error: any Error, _ source: String, _ copy: String) -> Self {
        if let error = error as? DatabaseError, error.resultCode == .SQLITE_FULL {
            return Self(
                "there is no room for a copy of \(source) at \(copy): the disk is full. Nothing was left behind, and "
                    + "Doppel is not touched by it. Free some space, or name a file on another disk; it needs as much "
                    + "as the journal and the packed backup together.")
        }
        return Self(error, while: "copy to \(copy)", source)
    }
}
