import Foundation
import GRDB
public import TwinRuntime

/// What a feed is to bring next of a journal, looked at beside a running Doppel.
public struct NextToFeed: Sendable, Equatable {
    /// Its number: a sequence number, or that of a record's last change.
    public let number: UInt64
    /// What it is and whose, such as `a fact of ESP_00000A`.
    public let name: String
    /// Why it cannot be read; `nil` when it can.
    public let failure: String?
    /// Whether a feed may go on without it: what rebuilds twins of the past may not be missing.
    public let mayBeSkipped: Bool
}

/// A journal's file, read beside the Doppel that uses it, for those who want to know where its feed stands.
public struct WaitingJournal: Sendable {
    /// The journal's own name.
    public let journal: String
    private let queue: DatabaseQueue
    private let path: String

    /// Opens the journal of a data folder for reading.
    public init(directory: String) throws(JournalFailure) {
        path = directory + "/" + SQLiteJournal.fileName
        guard FileManager.default.fileExists(atPath: path) else {
            throw JournalFailure("there is no journal at \(path). Name the data directory that Doppel uses.")
        }
        var configuration = Configuration()
        configuration.label = "doppel.waiting"
        configuration.readonly = true
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            journal = try queue.read { db in
                try String.fetchOne(db, sql: "SELECT value FROM identity WHERE name = 'journal'") ?? ""
            }
        } catch {
            throw JournalFailure(error, while: "read", path)
        }
    }

    /// The fact or the sample behind a sequence number; `nil` when there is none.
    public func row(after sequence: UInt64) throws(JournalFailure) -> NextToFeed? {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT sequence, coalesce(device, 'the site'), 'fact' FROM (
                        SELECT sequence, device FROM facts WHERE sequence > :after ORDER BY sequence LIMIT 1)
                    UNION ALL SELECT sequence, coalesce(device, 'an unknown device'), 'reading' FROM (
                        SELECT sequence, device FROM readings LEFT JOIN sensors ON id = sensor_id
                        WHERE sequence > :after ORDER BY sequence LIMIT 1)
                    ORDER BY sequence LIMIT 1
                    """, arguments: ["after": Int64(clamping: sequence)])
            guard let row else { return nil }
            let (number, owner, kind): (Int64, String, String) = (row[0], row[1], row[2])
            let before = FeedCheckpoint(sequence: UInt64(number - 1), change: .max)
            return NextToFeed(
                number: UInt64(number), name: "a \(kind) of \(owner)",
                failure: Self.failure { _ = try FeedReader.rows(after: before, limit: 1, db) }, mayBeSkipped: true)
        }
    }

    /// The record behind a change; `nil` when there is none.
    public func record(after change: Int64) throws(JournalFailure) -> NextToFeed? {
        try read { db in
            let row = try Row.fetchOne(
                db,
                sql: """
                    SELECT change, id, 'command' AS kind FROM commands WHERE change > :after
                    UNION ALL SELECT change, device, 'twin' FROM snapshots WHERE change > :after
                    UNION ALL SELECT change, device, 'past twin' FROM past_snapshots WHERE change > :after
                    ORDER BY change LIMIT 1
                    """, arguments: ["after": change])
            guard let row else { return nil }
            let (number, name, kind): (Int64, String, String) = (row[0], row[1], row[2])
            let records = try FeedRecords(after: number - 1, limit: 1, try SecretMask(db), db)
            return NextToFeed(
                number: UInt64(number), name: "the \(kind) \(name)", failure: records.obstacle,
                mayBeSkipped: kind == "command")
        }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(JournalFailure) -> Value {
        do { return try queue.read(body) } catch { throw JournalFailure(error, while: "read", path) }
    }

    private static func failure(_ body: () throws -> Void) -> String? {
        do {
            try body()
            return nil
        } catch {
            return "\(error)"
        }
    }
}
