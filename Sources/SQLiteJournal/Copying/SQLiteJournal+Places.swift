import GRDB
public import TwinCore
public import TwinRuntime

/// What a journal holds, to be looked for in another store.
extension SQLiteJournal {
    /// How much there is of each kind, but for samples from before a time.
    public func counts(readingsFrom: UnixTime) async throws -> HistoryCounts {
        try await read { try StoredCounts.read(readingsFrom: readingsFrom, $0) }
    }

    /// The numbers of facts behind one, in order: those that are safety records, or those that are none.
    public func factPlaces(
        after sequence: UInt64, limit: Int, safety: Bool
    ) async throws -> [RecordPlace<UInt64>] {
        let condition = safety ? "IN" : "NOT IN"
        return try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT sequence, unix_ms FROM facts
                    WHERE sequence > ? AND sequence \(condition) (SELECT sequence FROM safety_records)
                    ORDER BY sequence LIMIT ?
                    """, arguments: [Int64(clamping: sequence), limit]
            ).map { RecordPlace(name: UInt64($0[0] as Int64), time: UnixTime(milliseconds: $0[1])) }
        }
    }

    /// The names of commands behind one, in order, as columns hold them.
    public func commandPlaces(after name: String, limit: Int) async throws -> [RecordPlace<String>] {
        try await read { db in
            try Row.fetchAll(
                db, sql: "SELECT id, unix_ms FROM commands WHERE id > ? ORDER BY id LIMIT ?", arguments: [name, limit]
            ).map { RecordPlace(name: $0[0], time: UnixTime(milliseconds: $0[1])) }
        }
    }

    /// The names of devices that have a twin, behind one, in order.
    public func twinPlaces(after name: String, limit: Int) async throws -> [RecordPlace<String>] {
        try await read { db in
            try String.fetchAll(
                db, sql: "SELECT device FROM snapshots WHERE device > ? ORDER BY device LIMIT ?",
                arguments: [name, limit]
            ).map { RecordPlace(name: $0, time: UnixTime(milliseconds: .max)) }
        }
    }
}
