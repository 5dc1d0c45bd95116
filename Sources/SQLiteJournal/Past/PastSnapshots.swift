import GRDB
import TwinCore
import TwinRuntime

/// Which of the snapshots that the runtime writes anyway are kept in `past_snapshots`.
///
/// One is kept for each device and hour, or thousand facts, and the last one before the device fell silent for longer.
/// So a state of the past is rebuilt from few facts, and they lie close together in the journal.
///
/// **For retention:** facts of a device may go up to the newest past snapshot that is as old as what is to go, and past
/// snapshots older than that one. Site facts `runStarted` after the oldest kept snapshot are needed, too. What cannot be
/// rebuilt any more is said by ``Schema/Mark/pastFrom``.
struct PastSnapshots {
    private let intervalMilliseconds: Int64
    private let maximumFacts: UInt64

    init(_ options: JournalOptions) {
        intervalMilliseconds = options.pastIntervalMilliseconds
        maximumFacts = options.pastFacts
    }

    private struct Track {
        /// The one that was kept last.
        var kept: Int64
        var keptAt: Int64
        var keptRevision: UInt64
        /// The one that was written last.
        var written: Int64
        var writtenAt: Int64
    }

    private var tracks: [DeviceID: Track] = [:]
    private var uncommitted: [DeviceID: Track] = [:]

    /// The transaction was committed.
    mutating func committed() {
        tracks.merge(uncommitted) { $1 }
        uncommitted = [:]
    }

    /// The transaction was rolled back.
    mutating func rolledBack() { uncommitted = [:] }

    /// Keeps a snapshot if its time has come; called before it takes the place of the one before in `snapshots`.
    ///
    /// - Parameters:
    ///   - snapshot: The snapshot.
    ///   - body: How it is stored.
    ///   - sequence: The last fact in it.
    ///   - time: When that was received, in milliseconds.
    ///   - firstFact: The first fact of the device that the snapshot before does not hold; `nil` for none.
    ///   - change: The number of the last change, which each one that is kept moves on.
    mutating func take(
        _ snapshot: DeviceSnapshot, _ body: String, _ sequence: Int64, at time: Int64, firstFact: UInt64?,
        _ change: inout Int64, _ db: Database
    ) throws {
        let device = snapshot.device.address.device
        let name = device.description
        guard var track = try tracks[device] ?? stored(name, snapshot.revision, db) else {
            try insert(name, sequence, time, body, first: firstFact ?? 1, &change, db)
            uncommitted[device] = Track(
                kept: sequence, keptAt: time, keptRevision: snapshot.revision, written: sequence, writtenAt: time)
            return
        }
        let isGap = abs(time - track.writtenAt) >= intervalMilliseconds
        if isGap, track.written != track.kept {
            let old = try String.fetchOne(db, sql: "SELECT body FROM snapshots WHERE device = ?", arguments: [name])
            if let old { try insert(name, track.written, track.writtenAt, old, first: 0, &change, db) }
        }
        if isGap || abs(time - track.keptAt) >= intervalMilliseconds
            || snapshot.revision >= track.keptRevision + maximumFacts
        {
            // After a gap, or right behind the one before, it is known where the device's own facts begin.
            let isNext = isGap || track.written == track.kept
            try insert(name, sequence, time, body, first: isNext ? firstFact ?? UInt64(sequence) + 1 : 0, &change, db)
            (track.kept, track.keptAt, track.keptRevision) = (sequence, time, snapshot.revision)
        }
        (track.written, track.writtenAt) = (sequence, time)
        uncommitted[device] = track
    }

    /// What earlier runs kept and wrote of a device; `nil` when they kept nothing.
    private func stored(_ device: String, _ revision: UInt64, _ db: Database) throws -> Track? {
        let kept = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT last_sequence, unix_ms FROM past_snapshots WHERE device = ?
                    ORDER BY last_sequence DESC LIMIT 1
                    """), arguments: [device])
        guard let kept else { return nil }
        let written = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT last_sequence FROM snapshots WHERE device = ?"), arguments: [device])
        let sequence: Int64 = kept[0]
        let writtenAt = try PastInstants(db: db).moment(through: written ?? sequence)?.moment.time.milliseconds
        return Track(
            kept: sequence, keptAt: kept[1], keptRevision: revision, written: written ?? sequence,
            writtenAt: writtenAt ?? kept[1])
    }

    private func insert(
        _ device: String, _ sequence: Int64, _ time: Int64, _ body: String, first: UInt64, _ change: inout Int64,
        _ db: Database
    ) throws {
        change += 1
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO past_snapshots (\(SealedTable.pastSnapshots.columns), seal)
                VALUES (?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(sealed: .pastSnapshots, [device, sequence, Int64(first), time, try PackedText.pack(body), change])
    }

    /// A row of `past_snapshots`.
    struct Key: Sendable, Equatable {
        let device: String
        let sequence: Int64
    }

    /// Snapshots that no instant from `time` on is rebuilt from, at most `limit`.
    ///
    /// Each device keeps its newest one from before.
    ///
    /// - Parameter change: The last change that may be removed: another store holds those up to it.
    static func needless(
        before time: Int64, through change: Int64 = .max, limit: Int, _ db: Database
    ) throws -> [Key] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT device, last_sequence FROM past_snapshots AS old
                WHERE unix_ms < :time AND change <= :change AND last_sequence < (
                    SELECT max(last_sequence) FROM past_snapshots AS kept
                    WHERE kept.device = old.device AND kept.unix_ms < :time)
                LIMIT :limit
                """, arguments: ["time": time, "change": change, "limit": limit])
        return rows.map { Key(device: $0[0], sequence: $0[1]) }
    }
}
