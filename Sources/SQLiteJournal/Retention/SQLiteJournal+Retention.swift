import GRDB
import TwinCore
import TwinRuntime

extension SQLiteJournal {
    /// Finds what of a class is old and spare, beside the commits, and calls back on the loop.
    func plan(
        _ kind: RetentionClass, before cutoff: UnixTime, after position: Int64, waitsForFeed: Bool,
        _ completion: @escaping @Sendable (Result<Removal, JournalFailure>) -> Void
    ) {
        readBeside("look for old rows in") { db in
            try RemovalPlan(db: db, cutoff: cutoff.milliseconds, waitsForFeed: waitsForFeed)
                .removal(of: kind, after: position)
        } completion: {
            completion($0)
        }
    }

    /// Notes that old rows are looked for, and calls back on the loop with why the clock is not believed, if it is not.
    ///
    /// Marks that lie ahead of a clock that is believed come back to it: a wrong clock has set them.
    func noteSweep(
        at now: UnixTime, _ completion: @escaping @Sendable (Result<String?, JournalFailure>) -> Void
    ) {
        writeBetween("note when old rows were looked for in") { db, _ in
            var doubt: String?
            try db.inTransaction(.immediate) {
                var clock = RemovalClock(
                    last: try Schema.markIfSet(Schema.Mark.sweptAt, db).map(UnixTime.init(milliseconds:)),
                    doubtedSince: try Schema.markIfSet(Schema.Mark.clockDoubted, db).map(UnixTime.init(milliseconds:)))
                doubt = clock.doubt(at: now)
                try Schema.put(Schema.Mark.sweptAt, now.milliseconds, db)
                if let since = clock.doubtedSince {
                    try Schema.put(Schema.Mark.clockDoubted, since.milliseconds, db)
                } else {
                    try db.execute(
                        sql: """
                            DELETE FROM marks WHERE name = :doubted;
                            UPDATE marks SET value = :now WHERE value > :now
                                AND name IN (:readings, :retained, :rollups, :past, :complete)
                            """,
                        arguments: [
                            "doubted": Schema.Mark.clockDoubted, "now": now.milliseconds,
                            "readings": Schema.Mark.readingsFrom, "retained": Schema.Mark.retainedFrom,
                            "rollups": Schema.Mark.rollupsFrom, "past": Schema.Mark.pastFrom,
                            "complete": Schema.Mark.completeFrom,
                        ])
                }
                return .commit
            }
            return doubt
        } completion: {
            completion($0)
        }
    }

    /// Removes the next rows between two commits, and calls back on the loop with the rest and how long it took.
    func proceed(
        _ removal: Removal, rows: Int,
        _ completion:
            @escaping @Sendable (Result<(removal: Removal, nanoseconds: UInt64), JournalFailure>) -> Void
    ) {
        writeBetween("remove old rows from") { db, uptimeNanoseconds in
            var removal = removal
            let spent = try removal.proceed(rows: rows, db, uptimeNanoseconds: uptimeNanoseconds)
            return (removal, spent)
        } completion: {
            completion($0)
        }
    }
}
