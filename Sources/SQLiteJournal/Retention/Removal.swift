import Foundation
import GRDB
import TwinRuntime

/// Rows that are to be removed, in an order in which it may stop after any slice.
///
/// A mark that says from where on everything is there moves before the first row goes.
struct Removal: Sendable {
    /// A row of `rollups`.
    struct RollupKey: Sendable {
        let level: Int64
        let sensor: Int64
        let start: Int64
        let unit: String
    }

    /// A link of the chain of safety records.
    struct Link: Sendable {
        let sequence: Int64
        let hash: Data
        /// Whether its fact goes, too; what is about the site as a whole is needed by every start.
        let removesFact: Bool
    }

    /// What one kind of step does.
    enum Work: Sendable {
        case mark(String, Int64)
        case readings(ArraySlice<Int64>)
        case history(ArraySlice<HistoryBacklog.Entry>)
        case rollups(ArraySlice<RollupKey>)
        case facts(ArraySlice<Int64>)
        case past(ArraySlice<PastSnapshots.Key>)
        case links(ArraySlice<Link>)
        case commands(ArraySlice<Int64>)
    }

    /// What is left to do.
    private(set) var work: ArraySlice<Work>
    /// From which row on the next look begins.
    let position: Int64
    /// How many rows were removed that somebody stored; an index's entries do not count.
    private(set) var removed = 0

    /// Notes what is to be done.
    init(_ work: [Work], position: Int64 = 0) {
        self.work = work[...]
        self.position = position
    }

    /// Notes readings, and what leads to them.
    ///
    /// - Parameters:
    ///   - marks: Those that move to the event time first.
    ///   - from: The event time from which on none of the readings is.
    init(readings entries: [HistoryBacklog.Entry], marks: [String], to from: Int64) {
        // Neighbours share pages. A reading goes before its entry: an entry without a reading is found again.
        let work =
            marks.map { Work.mark($0, from) } + [
                .readings(entries.map(\.sequence).sorted()[...]), .history(entries[...]),
            ]
        self.init(entries.isEmpty ? [] : work)
    }

    /// Whether everything is done.
    var isDone: Bool { work.isEmpty }

    /// Removes the next rows in one transaction.
    ///
    /// - Returns: How long that took, in nanoseconds, without waiting for the disk: fewer rows do not shorten that.
    mutating func proceed(rows: Int, _ db: Database, uptimeNanoseconds: () -> UInt64) throws -> UInt64 {
        var next = self
        var spent: UInt64 = 0
        try db.inTransaction(.immediate) {
            let begun = uptimeNanoseconds()
            try next.step(rows, db)
            spent = uptimeNanoseconds() - begun
            return .commit
        }
        self = next
        return spent
    }

    /// Removes all that is left, within the caller's transaction.
    mutating func finish(_ db: Database) throws {
        while !isDone { try step(.max, db) }
    }

    private mutating func step(_ rows: Int, _ db: Database) throws {
        guard let first = work.first else { return }
        let rest: Work?
        switch first {
        case .mark(let name, let value):
            if try (Schema.markIfSet(name, db) ?? .min) < value { try Schema.put(name, value, db) }
            rest = nil
        case .readings(let keys):
            for table in ["original_readings", "changed_readings"] {
                let companion = try db.cachedStatement(sql: "DELETE FROM \(table) WHERE sequence = ?")
                for key in keys.prefix(rows) { try companion.execute(arguments: [key]) }
            }
            try remove("DELETE FROM readings WHERE sequence = ?", keys.prefix(rows), db) { [$0] }
            rest = keys.count > rows ? .readings(keys.dropFirst(rows)) : nil
        case .history(let entries):
            let before = removed
            try remove(
                "DELETE FROM history WHERE sensor_id = ? AND event_ms = ? AND sequence = ?", entries.prefix(rows), db
            ) { [$0.sensor, $0.event, $0.sequence] }
            removed = before
            rest = entries.count > rows ? .history(entries.dropFirst(rows)) : nil
        case .rollups(let keys):
            try remove(
                "DELETE FROM rollups WHERE level = ? AND sensor_id = ? AND start_ms = ? AND unit = ?",
                keys.prefix(rows), db
            ) { [$0.level, $0.sensor, $0.start, $0.unit] }
            rest = keys.count > rows ? .rollups(keys.dropFirst(rows)) : nil
        case .facts(let keys):
            try remove("DELETE FROM facts WHERE sequence = ?", keys.prefix(rows), db) { [$0] }
            rest = keys.count > rows ? .facts(keys.dropFirst(rows)) : nil
        case .past(let keys):
            let before = removed
            try remove(
                "DELETE FROM past_snapshots WHERE device = ? AND last_sequence = ?", keys.prefix(rows), db
            ) { [$0.device, $0.sequence] }
            removed = before
            rest = keys.count > rows ? .past(keys.dropFirst(rows)) : nil
        case .links(let links):
            try remove(links.prefix(rows), db)
            rest = links.count > rows ? .links(links.dropFirst(rows)) : nil
        case .commands(let keys):
            try remove("DELETE FROM commands WHERE rowid = ?", keys.prefix(rows), db) { [$0] }
            rest = keys.count > rows ? .commands(keys.dropFirst(rows)) : nil
        }
        work = work.dropFirst()
        if let rest { work = [rest] + work }
    }

    private mutating func remove<Key>(
        _ sql: String, _ keys: ArraySlice<Key>, _ db: Database, _ arguments: (Key) -> StatementArguments
    ) throws {
        let statement = try db.cachedStatement(sql: sql)
        for key in keys {
            try statement.execute(arguments: arguments(key))
            removed += db.changesCount
        }
    }

    /// Removes the first links of the chain, and hangs it on the last of them.
    private mutating func remove(_ links: ArraySlice<Link>, _ db: Database) throws {
        guard let last = links.last else { return }
        let anchor = try SafetyChain.end(.anchor, db)
        try SafetyChain.set(
            .anchor,
            to: SafetyChain.Link(
                sequence: last.sequence, number: anchor.number + Int64(links.count), hash: Array(last.hash)), db)
        try remove("DELETE FROM safety_records WHERE sequence = ?", links, db) { [$0.sequence] }
        let counted = removed
        try remove("DELETE FROM facts WHERE sequence = ?", links.filter(\.removesFact)[...], db) { [$0.sequence] }
        removed = counted
    }
}
