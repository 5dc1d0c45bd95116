import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// Enters commands and twins of another store, present and past; one that is there already is replaced.
enum CopiedRecords {
    /// Enters a batch within the current transaction.
    static func insert(_ batch: FeedBatch, _ change: inout Int64, _ db: Database) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        for record in batch.commands {
            change += 1
            try statement(.commands, db).execute(
                sealed: .commands,
                [
                    StoredText.column(record.order.id.description), record.device.description,
                    Int64(record.gpio.number), record.order.issuedAt.milliseconds, record.state.rawValue,
                    String(decoding: try encoder.encode(record), as: UTF8.self), change,
                ])
        }
        for past in batch.pastTwins {
            change += 1
            try statement(.pastSnapshots, db).execute(
                sealed: .pastSnapshots,
                [
                    past.device.description, Int64(past.lastSequence), Int64(past.firstSequence),
                    past.time.milliseconds, try PackedText.pack(past.body), change,
                ])
        }
        for twin in batch.twins {
            change += 1
            try statement(.snapshots, db).execute(
                sealed: .snapshots,
                [twin.snapshot.device.id.description, Int64(twin.lastSequence), twin.body, change])
        }
    }

    private static func statement(_ table: SealedTable, _ db: Database) throws -> Statement {
        let places = table.columns.split(separator: ",").map { _ in "?" } + ["?"]
        return try db.cachedStatement(
            sql: "INSERT OR REPLACE INTO \(table.rawValue) (\(table.columns), seal) "
                + "VALUES (\(places.joined(separator: ", ")))")
    }
}
