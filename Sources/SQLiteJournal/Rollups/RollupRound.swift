import GRDB
import TwinCore
import TwinRuntime

/// What one round did.
package struct RollupReceipt: Sendable, Equatable {
    /// Minutes that were computed from their samples.
    package var minutes = 0
    /// Hours, days, weeks and months that were made of finer buckets.
    package var coarser = 0
}

/// One pass that brings rollups to what is stored.
///
/// Whatever it touches it computes anew and replaces as a whole; nothing is ever added to what is there. So a round
/// that a crash cut off, or one that is done twice, ends with the same rows.
///
/// It reads beside the commits, on a connection of its own, and writes in slices between two of them.
struct RollupRound {
    /// How many sequence numbers are rolled before the mark moves.
    static let sequencesPerPortion: Int64 = 32_768
    /// How many stale buckets one read transaction looks at.
    static let bucketsPerRead = 1_024
    /// How many buckets one transaction between two commits replaces at most.
    static let bucketsPerSlice = 64
    /// After how long it replaces no more, in nanoseconds: a commit may carry an emergency stop, and waits for it.
    static let sliceNanoseconds: UInt64 = 4_000_000
    /// How long after its end a bucket coarser than a minute is made, in milliseconds: most of what is late is there.
    static let graceMilliseconds: Int64 = 600_000

    /// What a stored bucket is replaced with.
    private struct Change {
        let level: RollupLevel
        let sensor: Int64
        let start: UnixTime
        /// The buckets, one for each unit; `nil` leaves what is stored.
        let buckets: [Bucket]?
        /// How often the bucket had been marked as stale when it was computed; `nil` when it was not looked at.
        let marks: Int64?
    }

    let pool: DatabasePool
    let calendar: SiteCalendar
    let now: UnixTime
    /// A clock to measure slices with.
    let uptimeNanoseconds: () -> UInt64
    /// Runs a slice between two commits; throws to end the round.
    let write: (_ slice: (Database) throws -> Void) throws -> Void

    /// Does everything there is to do.
    func run() throws -> RollupReceipt {
        var receipt = RollupReceipt()
        while let (changes, through) = try pool.read({ try nextPortion($0) }) {
            try store(changes, rolledThrough: through)
            receipt.minutes += changes.count
        }
        for level in RollupLevel.allCases {
            let count = try remake(level)
            if level == .minute { receipt.minutes += count } else { receipt.coarser += count }
        }
        return receipt
    }

    /// The minutes of the next readings that no rollup was made of; `nil` when there are none.
    private func nextPortion(_ db: Database) throws -> (changes: [Change], through: Int64)? {
        let rolled = try Schema.mark(Schema.Mark.rolledThrough, db)
        let history = try Schema.mark(Schema.Mark.historyThrough, db)
        guard rolled < history else { return nil }
        let through = min(history, rolled + Self.sequencesPerPortion)
        let statement = try db.cachedStatement(
            sql: """
                SELECT DISTINCT sensor_id, \(RollupRow.minute) FROM readings WHERE sequence > ? AND sequence <= ?
                ORDER BY 1, 2
                """)
        let pairs = try Row.fetchCursor(statement, arguments: [rolled, through])
        var maker = try Maker(calendar, rolledThrough: through, db)
        var changes: [Change] = []
        while let pair = try pairs.next() {
            let start = UnixTime(milliseconds: pair[1])
            guard !maker.isFrozen(start, .minute) else { continue }
            let buckets = try maker.make(.minute, pair[0], start)
            changes.append(Change(level: .minute, sensor: pair[0], start: start, buckets: buckets, marks: nil))
        }
        return (changes, through)
    }

    /// Makes the stale buckets of a level whose time is over, and says how many there were.
    private func remake(_ level: RollupLevel) throws -> Int {
        var count = 0
        var place: (sensor: Int64, start: Int64) = (.min, .min)
        while true {
            let changes = try pool.read { try stale(level, after: place, $0) }
            guard let last = changes.last else { return count }
            try store(changes, rolledThrough: nil)
            count += changes.count
            place = (last.sensor, last.start.milliseconds)
        }
    }

    private func stale(
        _ level: RollupLevel, after place: (sensor: Int64, start: Int64), _ db: Database
    ) throws -> [Change] {
        let over = calendar.bucket(
            level.resolution, containing: now.advanced(byMilliseconds: -Self.graceMilliseconds)
        ).lowerBound
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT sensor_id, start_ms, marks FROM stale_rollups
                WHERE level = ? AND (sensor_id, start_ms) > (?, ?) AND start_ms < ?
                ORDER BY sensor_id, start_ms LIMIT ?
                """,
            arguments: [
                level.rawValue, place.sensor, place.start, level == .minute ? .max : over.milliseconds,
                Self.bucketsPerRead,
            ])
        var maker = try Maker(calendar, rolledThrough: Schema.mark(Schema.Mark.rolledThrough, db), db)
        return try rows.map { row in
            let start = UnixTime(milliseconds: row[1])
            let buckets = try maker.isFrozen(start, level) ? nil : maker.make(level, row[0], start)
            return Change(level: level, sensor: row[0], start: start, buckets: buckets, marks: row[2])
        }
    }

    private func store(_ changes: [Change], rolledThrough: Int64?) throws {
        var rest = changes[...]
        repeat {
            var count = 0
            try write { db in
                let end = uptimeNanoseconds() + Self.sliceNanoseconds
                try db.inTransaction(.immediate) {
                    var marking = StaleMarking(calendar)
                    for change in rest.prefix(Self.bucketsPerSlice) {
                        try carryOut(change, &marking, db)
                        count += 1
                        if uptimeNanoseconds() >= end { break }
                    }
                    if count == rest.count, let rolledThrough {
                        try Schema.set(Schema.Mark.rolledThrough, to: rolledThrough, db)
                    }
                    return .commit
                }
            }
            rest = rest.dropFirst(count)
        } while !rest.isEmpty
    }

    private func carryOut(_ change: Change, _ marking: inout StaleMarking, _ db: Database) throws {
        if let buckets = change.buckets {
            try RollupRow.replace(change.level, change.sensor, change.start, buckets, db)
            if change.level == .minute { try marking.mark(change.start, change.sensor, from: .hour, db) }
        }
        if let marks = change.marks {
            try RollupRow.unmark(change.level, change.sensor, change.start, marks: marks, db)
        }
    }
}

/// Computes buckets within one read transaction.
private struct Maker {
    private let calendar: SiteCalendar
    private let kept: RollupPlan.Kept
    private let rolledThrough: Int64
    private let db: Database
    private var reader: (sensor: Int64, reader: RollupReader)?

    init(_ calendar: SiteCalendar, rolledThrough: Int64, _ db: Database) throws {
        self.calendar = calendar
        self.rolledThrough = rolledThrough
        self.db = db
        kept = try RollupReader.kept(db)
    }

    /// Whether something that the bucket was made of is removed: it stays as it is.
    func isFrozen(_ start: UnixTime, _ level: RollupLevel) -> Bool {
        start < (level == .minute ? max(kept.readingsFrom, kept.rollupsFrom) : kept.rollupsFrom)
    }

    /// The buckets of a start, one for each unit; those of a minute from its samples, all others from finer ones.
    mutating func make(_ level: RollupLevel, _ sensor: Int64, _ start: UnixTime) throws -> [Bucket] {
        if reader?.sensor != sensor {
            let unit = try String.fetchOne(
                db.cachedStatement(sql: "SELECT unit FROM sensors WHERE id = ?"), arguments: [sensor])
            reader = try (
                sensor,
                RollupReader(sensor, unit: StoredText.text(unit ?? ""), .rolled(through: rolledThrough), db)
            )
        }
        var plan = RollupPlan(making: level, containing: start, calendar: calendar, kept: kept)
        try reader?.reader.complete(&plan)
        return plan.buckets
    }
}
