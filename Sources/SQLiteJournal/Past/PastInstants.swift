import GRDB
import TwinCore
import TwinRuntime

/// Finds the last fact that was received by an instant.
///
/// Sequence numbers grow with the wall clock, except where it was set back; ``ClockTurns`` notes these places, and
/// between two of them a search by halves finds the fact.
struct PastInstants {
    let db: Database

    /// The last fact that was received by an instant; 0 when there is none.
    func lastSequence(at time: UnixTime) throws -> Int64 {
        let last = Int64(try RecoveryReader.lastSequence(db))
        let start = try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT sequence FROM clock_turns WHERE unix_ms <= ? ORDER BY sequence DESC LIMIT 1"),
            arguments: [time.milliseconds])
        let next = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT sequence FROM clock_turns WHERE sequence > ? ORDER BY sequence LIMIT 1"),
            arguments: [start ?? 0])
        // Everything up to `low` was received by then, as far as the search knows, and nothing from `high` on.
        var low = start ?? 0
        var high = next ?? last + 1
        while high - low > 1 {
            let middle = low + (high - low) / 2
            guard let found = try moment(through: middle), found.sequence > low else {
                // There is no fact between them: a redelivered sample leaves its number unused.
                low = middle
                continue
            }
            if found.moment.time <= time { low = middle } else { high = found.sequence }
        }
        return try settle(low, before: next ?? last + 1, time)
    }

    /// Facts of one turn may differ by less than a clock turn in either direction: looks a little further.
    private func settle(_ sequence: Int64, before end: Int64, _ time: UnixTime) throws -> Int64 {
        var best = sequence
        let rows = try Row.fetchCursor(
            db,
            sql: """
                SELECT sequence, unix_ms FROM facts WHERE sequence > :from AND sequence < :end
                UNION ALL SELECT sequence, coalesce(fact_ms, receipt_ms) FROM readings
                WHERE sequence > :from AND sequence < :end ORDER BY sequence
                """, arguments: ["from": sequence, "end": end])
        while let row = try rows.next() {
            let received: Int64 = row[1]
            guard received <= time.milliseconds + ClockTurns.toleranceMilliseconds else { break }
            if received <= time.milliseconds { best = row[0] }
        }
        return best
    }

    /// The last fact up to a sequence number, and when it was received; `nil` when there is none.
    func moment(through sequence: Int64) throws -> (sequence: Int64, moment: Moment)? {
        let row = try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT * FROM (
                        SELECT * FROM (SELECT sequence, unix_ms, uptime_ms FROM facts WHERE sequence <= :sequence
                            ORDER BY sequence DESC LIMIT 1)
                        UNION ALL SELECT * FROM (
                            SELECT sequence, coalesce(fact_ms, receipt_ms), uptime_ms FROM readings
                            WHERE sequence <= :sequence ORDER BY sequence DESC LIMIT 1)
                    ) ORDER BY sequence DESC LIMIT 1
                    """), arguments: ["sequence": sequence])
        return row.map {
            (
                $0[0],
                Moment(time: UnixTime(milliseconds: $0[1]), uptime: Uptime(milliseconds: $0[2]))
            )
        }
    }
}

/// Notes in the table `clock_turns` where the wall clock was set back: the first fact after it, and its time.
struct ClockTurns {
    /// Facts of one turn of the loop may be out of order by so much; more than that is a clock that was set back.
    static let toleranceMilliseconds: Int64 = 1_000

    private(set) var latest: Int64

    /// - Parameter latest: The time of the last fact that is stored, in milliseconds.
    init(latest: Int64) { self.latest = latest }

    /// Takes note of a fact that is being stored.
    mutating func note(_ time: UnixTime, _ sequence: UInt64, _ db: Database) throws {
        if time.milliseconds < latest - Self.toleranceMilliseconds {
            try db.cachedStatement(sql: "INSERT INTO clock_turns (sequence, unix_ms) VALUES (?, ?)")
                .execute(arguments: [Int64(sequence), time.milliseconds])
            latest = time.milliseconds
        }
        latest = max(latest, time.milliseconds)
    }
}
