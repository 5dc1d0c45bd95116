import Foundation
import TwinCore
import TwinRuntime

/// What a backup says of itself, readable without unpacking anything.
///
/// A backup begins with ``bytes`` of text: a line that names the format, one line of JSON padded with spaces, and the
/// SHA-256 of both lines. The packed database follows. `head -n 2 FILE` shows it to a person.
public struct BackupHeader: Sendable, Equatable, Codable {
    /// The format that this version writes; it reads no other.
    public static let currentFormat = 1
    /// How long the header is, in bytes.
    static let bytes = 4096
    private static let magic = "doppel backup "
    private static let digestCharacters = 64

    /// The format of the file.
    public var format: Int
    /// The version of Doppel that made it.
    public var doppel: String
    /// The version of the schema of the database in it.
    public var schema: Int
    /// The name of the journal that was copied; empty for one from before they had names.
    public var journal: String
    /// When it was begun; everything that was durable by then is in it.
    public var madeAt: String
    /// The sequence number of the last fact in it.
    public var lastSequence: UInt64
    /// How many rows each table has.
    public var rows: [String: Int]
    /// How long the database is, in bytes.
    public var databaseBytes: Int64
    /// How long the packed database is, in bytes.
    public var packedBytes: Int64
    /// The SHA-256 of the packed database.
    public var sha256: String

    private enum CodingKeys: String, CodingKey {
        case format, doppel, schema, journal, rows, sha256
        case madeAt = "made_at"
        case lastSequence = "last_sequence"
        case databaseBytes = "database_bytes"
        case packedBytes = "packed_bytes"
    }

}

extension BackupHeader {
    /// The header as it stands at the beginning of the file.
    func encoded() throws(JournalFailure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let json = try? encoder.encode(self) else { throw JournalFailure("the header cannot be written.") }
        var text = Array("\(Self.magic)\(format)\n".utf8) + json
        let padding = Self.bytes - Self.digestCharacters - 2 - text.count
        guard padding >= 0 else { throw JournalFailure("the journal has too many tables for a backup's header.") }
        text += [UInt8](repeating: UInt8(ascii: " "), count: padding) + [UInt8(ascii: "\n")]
        return text + Array("\(SHA256.hexDigest(of: text))\n".utf8)
    }

    /// Reads the beginning of a file.
    ///
    /// - Throws: ``JournalFailure`` when it is no backup, another version's, or damaged.
    init(_ bytes: [UInt8], of path: String) throws(JournalFailure) {
        guard bytes.count == Self.bytes, bytes.starts(with: Self.magic.utf8) else {
            throw JournalFailure("\(path) is no backup of Doppel's, or its beginning is damaged.")
        }
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let text = Array(bytes.dropLast(Self.digestCharacters + 1))
        let digest = String(decoding: bytes.suffix(Self.digestCharacters + 1).dropLast(), as: UTF8.self)
        guard digest == SHA256.hexDigest(of: text), lines.count == 4 else {
            throw JournalFailure("the header of \(path) is damaged: its SHA-256 is not what it says.")
        }
        guard let format = Int(String(decoding: lines[0].dropFirst(Self.magic.utf8.count), as: UTF8.self)),
            format == Self.currentFormat
        else {
            throw JournalFailure(
                "\(path) has another format than this Doppel reads (\(Self.currentFormat)). Use the version that "
                    + "made it, or a newer one.")
        }
        guard let header = try? JSONDecoder().decode(Self.self, from: Data(lines[1])) else {
            throw JournalFailure("the header of \(path) does not say what this Doppel looks for.")
        }
        self = header
    }
}
