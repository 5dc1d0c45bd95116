import TwinCore

/// One step of the schema from one version to the next, and back.
///
/// A migration that was shipped never changes: its checksum is stored with it, and a schema that was made by other
/// statements is refused.
public struct Migration: Sendable {
    /// What the schema is after it; counted from 1 without gaps.
    public let version: Int
    /// What it brings, in a few words.
    public let name: String
    /// The scripts that make it, in order.
    let up: [String]
    /// The scripts that take it back.
    let down: [String]
    /// Whether taking it back removes data.
    public let losesData: Bool
    /// SHA-256 of ``up``: 64 hexadecimal digits.
    let checksum: String

    /// Puts a migration together.
    init(version: Int, name: String, up: [String], down: [String], losesData: Bool) {
        self.version = version
        self.name = name
        self.up = up
        self.down = down
        self.losesData = losesData
        checksum = SHA256.hexDigest(of: Array(up.joined(separator: "\n").utf8))
    }

    /// All versions, oldest first.
    public static let all = [version1]
}

/// A version that a database says it has.
struct AppliedMigration: Sendable, Equatable {
    let version: Int
    let name: String
    let checksum: String
}
