import GRDB
public import TwinRuntime

/// What another store is fed from: reads run beside the commits, the few writes between them.
extension SQLiteJournal: FeedSource {
    /// What the journal is called, and which one it branched off.
    public func origin() async throws -> FeedOrigin {
        try await read { [pastIntervalMilliseconds] in
            try FeedReader.origin(intervalMilliseconds: pastIntervalMilliseconds, $0)
        }
    }

    /// The next rows behind a checkpoint.
    public func rows(after checkpoint: FeedCheckpoint, limit: Int) async throws -> FeedBatch {
        try await read { try FeedReader.rows(after: checkpoint, limit: limit, $0) }
    }

    /// How far the journal is ahead of a checkpoint; without one, of what was last noted as fed.
    public func backlog(after checkpoint: FeedCheckpoint?) async throws -> FeedBacklog {
        try await read { try FeedReader.backlog(after: checkpoint, $0) }
    }

    /// The sensors that these numbers stand for.
    public func sensors(_ numbers: [Int64]) async throws -> [StoredSensor] {
        try await read { FeedReader.sensors(numbers, try SensorRegistry($0)) }
    }

    /// Samples that were computed again after they were stored.
    public func changedReadings(limit: Int) async throws -> [FeedReading] {
        try await read { try FeedReader.changedReadings(limit: limit, $0) }
    }

    /// The other store holds these as they are given here.
    public func forgetChanged(_ readings: [FeedReading]) async throws {
        let given = Dictionary(readings.map { ($0.sequence, $0) }, uniquingKeysWith: { $1 })
        guard let first = given.keys.min(), let last = given.keys.max() else { return }
        try await writeBetweenCommits("note what was fed from") { db in
            try db.inTransaction(.immediate) {
                let current = try FeedReader.changedReadings(from: first, through: last, db)
                let forget = try db.cachedStatement(sql: "DELETE FROM changed_readings WHERE sequence = ?")
                for reading in current where given[reading.sequence] == reading {
                    try forget.execute(arguments: [Int64(reading.sequence)])
                }
                return .commit
            }
        }
    }

    /// The other store holds everything up to this checkpoint.
    public func noteFed(through checkpoint: FeedCheckpoint) async throws {
        try await writeBetweenCommits("note what was fed from") { db in
            try db.inTransaction(.immediate) {
                try Schema.set(Schema.Mark.fedThrough, to: Int64(clamping: checkpoint.sequence), db)
                try Schema.set(Schema.Mark.fedChange, to: checkpoint.change, db)
                return .commit
            }
        }
    }
}
