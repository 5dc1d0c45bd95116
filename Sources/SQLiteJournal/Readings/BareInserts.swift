import GRDBSQLite
import TwinCore
public import TwinRuntime

/// The yardstick of benchmarks: samples stored by SQLite's C interface as it comes, a row with each statement.
///
/// It writes into the same table with the same indexes, under the same settings as the journal, and keeps nothing else
/// up to date. Not safe to use from two threads at a time.
@safe
public final class BareInserts {
    /// Rows whose values are ready to be bound, so that nothing but the storing is measured.
    public struct Rows: Sendable {
        /// The values of all rows, one row after the other.
        fileprivate var values: [ColumnValue] = []

        /// Readies the samples of a batch; other facts are left out.
        ///
        /// - Parameter sensor: The number of a sample's sensor, by its place in the batch.
        public init(_ batch: Batch, sensor: (Int) -> Int64) {
            for (offset, fact) in batch.facts.enumerated() {
                guard case .sensor(_, .sampled(let sample)) = fact.event else { continue }
                let row = ReadingRow(
                    sample, sequence: Int64(batch.firstSequence) + Int64(offset), sensor: sensor(offset),
                    at: fact.moment, ownUnit: nil)
                values += row.columnValues
            }
        }
    }

    /// The columns of a row: those of the sample, and its seal.
    private static let names = ReadingRow.columns + ", seal"
    private static let columns = names.split(separator: ",").count

    private var database: OpaquePointer?
    private var statement: OpaquePointer?

    /// Opens the file of a journal that is closed.
    public init(directory: String, options: JournalOptions = JournalOptions()) throws(JournalFailure) {
        let marks = Array(repeating: "?", count: Self.columns).joined(separator: ",")
        try check(unsafe sqlite3_open(directory + "/" + SQLiteJournal.fileName, &database))
        try run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        try run("PRAGMA cache_size = -\(options.writerCacheKiB)")
        try run("PRAGMA wal_autocheckpoint = \(options.checkpointPages)")
        let insert = "INSERT INTO readings (\(Self.names)) VALUES (\(marks))"
        try check(unsafe sqlite3_prepare_v2(database, insert, -1, &statement, nil))
    }

    deinit {
        unsafe sqlite3_finalize(statement)
        unsafe sqlite3_close(database)
    }

    /// Stores rows in one transaction.
    public func store(_ rows: Rows) throws(JournalFailure) {
        try run("BEGIN")
        var column: CInt = 0
        for value in rows.values {
            column += 1
            switch value {
            case .null: unsafe sqlite3_bind_null(statement, column)
            case .integer(let number): unsafe sqlite3_bind_int64(statement, column, number)
            case .real(let number): unsafe sqlite3_bind_double(statement, column, number)
            }
            guard column == CInt(Self.columns) else { continue }
            column = 0
            guard unsafe sqlite3_step(statement) == SQLITE_DONE else { throw failure }
            unsafe sqlite3_reset(statement)
        }
        try run("COMMIT")
    }

    private func run(_ sql: String) throws(JournalFailure) {
        try check(unsafe sqlite3_exec(database, sql, nil, nil, nil))
    }

    private func check(_ code: CInt) throws(JournalFailure) {
        guard code == SQLITE_OK else { throw failure }
    }

    private var failure: JournalFailure {
        JournalFailure("the bare inserts failed: \(unsafe String(cString: sqlite3_errmsg(database)))")
    }
}

/// A value in the shape in which SQLite takes it.
private enum ColumnValue {
    case null
    case integer(Int64)
    case real(Double)

    init(_ number: Int64?) { self = number.map { .integer($0) } ?? .null }
    init(_ number: Double?) { self = number.map { .real($0) } ?? .null }
}

extension ReadingRow {
    /// The values in the order of ``columns``, and a number that is as wide as a seal.
    fileprivate var columnValues: [ColumnValue] {
        let received = moment.time == sample.receiptTime ? nil : moment.time.milliseconds
        return [
            .integer(sequence), .integer(sensor), .integer(sample.claimedTime.milliseconds),
            .integer(Int64(bitPattern: sample.digest)), .integer(sample.eventTime.milliseconds),
            .integer(sample.receiptTime.milliseconds), ColumnValue(received), .integer(moment.uptime.milliseconds),
            .real(sample.raw), ColumnValue(sample.value), .null, .integer(sample.quality.column),
            ColumnValue(sample.errorCode.map { Int64($0) }), .integer(sample.isTimely ? 1 : 0),
            ColumnValue(sample.reportedQuality?.column), ColumnValue(sample.model.map { Int64($0.version) }),
            ColumnValue(sample.model.flatMap { $0.calibration > 0 ? Int64($0.calibration) : nil }),
            ColumnValue(sample.companionCelsius), .integer(Int64(bitPattern: sample.digest)),
        ]
    }
}
