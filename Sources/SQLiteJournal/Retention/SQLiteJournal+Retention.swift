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
