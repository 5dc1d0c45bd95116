import GRDB
import TwinCore
import TwinRuntime

/// Finds what is older than it is kept for and needed by nobody, on a connection that reads.
///
/// Readings are looked for in `history`, which is ordered by sensor and event time: late readings are found like others,
/// and nothing young is looked at. Facts and commands are walked through in the order of storing.
struct RemovalPlan {
    /// How many rows one plan names at most.
    static let maximumRows = 16_384
    /// How many rows of facts and commands are looked at in one go; where none of so many is old, younger ones follow.
    static let window = 4_096

    let db: Database
    let cutoff: Int64
    let waitsForFeed: Bool

    /// What of a class goes next; empty when nothing does.
    ///
    /// - Parameter position: Where the plan before ended, or 0.
    func removal(of kind: RetentionClass, after position: Int64) throws -> Removal {
        switch kind {
        case .readings: try readings()
        case .rollups: try rollups()
        case .events: try facts(after: position)
        case .safety: try links()
        case .commands: try commands(after: position)
        }
    }

    /// The last row that the next start does not need, and that another store holds where there is one.
    private func lastSpare() throws -> Int64 {
        let replayed = try Schema.mark(Schema.Mark.replayFrom, db) - 1
        return waitsForFeed ? min(replayed, try Schema.mark(Schema.Mark.fedThrough, db)) : replayed
    }

    private func readings() throws -> Removal {
        let rolled = try Schema.mark(Schema.Mark.rolledThrough, db)
        let last = min(try lastSpare(), rolled, try Schema.mark(Schema.Mark.historyThrough, db))
        let open = try OpenMinutes.first(db)
        guard last > 0, open > .min else { return Removal([]) }
        // A bucket that begins before the mark is never computed again, so what waits for its rollup holds the mark.
        // What is before the mark may be young: the mark moves for what a budget drops, too.
        let from = min(cutoff, open)
        let unchanged = waitsForFeed ? "AND sequence NOT IN (SELECT sequence FROM changed_readings)" : ""
        let statement = try db.cachedStatement(
            sql: """
                SELECT event_ms, sequence FROM history
                WHERE sensor_id = ? AND event_ms < ? AND sequence <= ? \(unchanged) LIMIT ?
                """)
        var entries: [HistoryBacklog.Entry] = []
        for sensor in try sensors() where entries.count < Self.maximumRows {
            let rows = try Row.fetchCursor(
                statement, arguments: [sensor, from, last, Self.maximumRows - entries.count])
            while let row = try rows.next() {
                entries.append(HistoryBacklog.Entry(sensor: sensor, event: row[0], sequence: row[1]))
            }
        }
        return Removal(
            readings: entries, marks: [Schema.Mark.readingsFrom, Schema.Mark.retainedFrom], to: from)
    }

    private func rollups() throws -> Removal {
        let mark = try Schema.mark(Schema.Mark.rollupsFrom, db)
        let waiting = try Int64.fetchOne(
            db, sql: "SELECT min(start_ms) FROM stale_rollups WHERE start_ms >= ?", arguments: [mark])
        let from = max(mark, min(cutoff, waiting ?? cutoff))
        let statement = try db.cachedStatement(
            sql: "SELECT start_ms, unit FROM rollups WHERE level = ? AND sensor_id = ? AND start_ms < ? LIMIT ?")
        var keys: [Removal.RollupKey] = []
        let sensors = try sensors()
        for level in RollupLevel.allCases {
            let end = from - Self.longestMilliseconds(level)
            for sensor in sensors where keys.count < Self.maximumRows {
                let rows = try Row.fetchCursor(
                    statement, arguments: [level.rawValue, sensor, end, Self.maximumRows - keys.count])
                while let row = try rows.next() {
                    keys.append(
                        Removal.RollupKey(level: Int64(level.rawValue), sensor: sensor, start: row[0], unit: row[1]))
                }
            }
        }
        return Removal(keys.isEmpty ? [] : [.mark(Schema.Mark.rollupsFrom, from), .rollups(keys[...])])
    }

    private static func longestMilliseconds(_ level: RollupLevel) -> Int64 {
        switch level {
        case .minute: Resolution.minute.longestMilliseconds
        case .hour: Resolution.hour.longestMilliseconds
        case .day: Resolution.day.longestMilliseconds
        case .week: Resolution.week.longestMilliseconds
        case .month: Resolution.month.longestMilliseconds
        }
    }

    private func facts(after position: Int64) throws -> Removal {
        // What came after the newest kept snapshot before the cutoff is needed to rebuild the instants after it.
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT sequence, unix_ms FROM facts
                WHERE sequence > :position AND sequence <= :last AND device IS NOT NULL
                    AND sequence <= (SELECT max(last_sequence) FROM past_snapshots AS kept
                                     WHERE kept.device = facts.device AND kept.unix_ms < :cutoff)
                    AND NOT EXISTS (SELECT 1 FROM safety_records WHERE safety_records.sequence = facts.sequence)
                ORDER BY sequence LIMIT :window
                """,
            arguments: ["position": position, "last": try lastSpare(), "cutoff": cutoff, "window": Self.window])
        let old = rows.filter { $0[1] < cutoff }.map { $0[0] as Int64 }
        let fed = waitsForFeed ? try Schema.mark(Schema.Mark.fedChange, db) : .max
        let past = try PastSnapshots.needless(before: cutoff, through: fed, limit: Self.window, db)
        guard !old.isEmpty || !past.isEmpty else { return Removal([], position: position) }
        return Removal(
            [.mark(Schema.Mark.pastFrom, cutoff), .past(past[...]), .facts(old[...])], position: old.last ?? position)
    }

    /// The oldest links, without a gap: nothing else can go without the rest being proved any more.
    private func links() throws -> Removal {
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT link.sequence, link.hash, fact.device, fact.unix_ms FROM safety_records AS link
                LEFT JOIN facts AS fact ON fact.sequence = link.sequence
                WHERE link.sequence <= ? ORDER BY link.sequence LIMIT ?
                """, arguments: [try lastSpare(), Self.window])
        var links: [Removal.Link] = []
        // A link whose fact is gone proves that it is, and stays.
        while let row = try rows.next(), let time = row[3] as Int64?, time < cutoff {
            let device: String? = row[2]
            links.append(Removal.Link(sequence: row[0], hash: row[1], removesFact: device != nil))
        }
        return Removal(links.isEmpty ? [] : [.links(links[...])])
    }

    private func commands(after position: Int64) throws -> Removal {
        // What another store has not heard of yet is no older than the first fact that it has not.
        let unfed =
            waitsForFeed
            ? try Int64.fetchOne(
                db, sql: "SELECT unix_ms FROM facts WHERE sequence > ? ORDER BY sequence LIMIT 1",
                arguments: [try Schema.mark(Schema.Mark.fedThrough, db)]) : nil
        let cutoff = min(cutoff, unfed ?? cutoff)
        let rows = try Row.fetchAll(
            db, sql: "SELECT rowid, unix_ms, state FROM commands WHERE rowid > ? ORDER BY rowid LIMIT ?",
            arguments: [position, Self.window])
        let old = rows.filter { row in
            row[1] < cutoff && CommandState(rawValue: row[2])?.isFinal == true
        }.map { $0[0] as Int64 }
        return Removal(old.isEmpty ? [] : [.commands(old[...])], position: old.last ?? position)
    }

    private func sensors() throws -> [Int64] { try Int64.fetchAll(db, sql: "SELECT id FROM sensors ORDER BY id") }
}
