import GRDB

/// Reads a table's rows in the order of their numbers, a bounded number with each transaction, and finds its way past
/// what cannot be read.
struct RowScan {
    /// How many rows one transaction reads; a running Doppel can empty its write-ahead log between two of them.
    static let rowsPerTransaction = 5_000

    let table: String
    let columns: String
    let queue: DatabaseQueue

    /// What cannot be read: the numbers of the rows, as far as they are known.
    enum Gap: Equatable {
        case row(Int64)
        case rows(ClosedRange<Int64>)
        case everything(after: Int64)
    }

    /// Reads all rows after a number.
    ///
    /// - Parameters:
    ///   - visit: Is given each row, its number before ``columns``; says whether the number can be trusted.
    ///   - gap: Is told what cannot be read.
    func run(
        after start: Int64 = .min, _ visit: (Row, Database) throws -> Bool, gap: (Gap) -> Void,
        slice: () -> Void = {}
    ) throws {
        var last = start
        while true {
            do {
                guard try readSlice(&last, visit) else { return }
                slice()
            } catch let error as DatabaseError where error.isDamage {
                switch next(after: last) {
                case .success(nil): return
                case .success(let key?):
                    do {
                        try queue.read { db in
                            if let row = try Row.fetchOne(db, sql: "\(select) WHERE rowid = ?", arguments: [key]) {
                                _ = try visit(row, db)
                            }
                        }
                    } catch let error as DatabaseError where error.isDamage {
                        gap(.row(key))
                    }
                    last = key
                case .failure:
                    guard let key = nextReadable(after: last) else { return gap(.everything(after: last)) }
                    gap(.rows(last + 1...key - 1))
                    last = key - 1
                }
            }
        }
    }

    private var select: String { "SELECT rowid, \(columns) FROM \(table) NOT INDEXED" }

    /// Reads the next rows; `false` when there are no more.
    private func readSlice(_ last: inout Int64, _ visit: (Row, Database) throws -> Bool) throws -> Bool {
        let start = last
        return try queue.read { db in
            var count = 0
            var highest = start
            let rows = try Row.fetchCursor(
                db, sql: "\(select) WHERE rowid > ? ORDER BY rowid LIMIT ?",
                arguments: [start, Self.rowsPerTransaction])
            while let row = try rows.next() {
                count += 1
                highest = max(highest, row[0])
                // A damaged number would send the next slice somewhere else.
                if try visit(row, db) { last = row[0] }
            }
            if last == start { last = highest }
            return count == Self.rowsPerTransaction
        }
    }

    /// The first row after a number, without its columns.
    private func next(after last: Int64) -> Result<Int64?, any Error> {
        Result {
            try queue.read {
                try Int64.fetchOne(
                    $0, sql: "SELECT rowid FROM \(table) NOT INDEXED WHERE rowid > ? ORDER BY rowid LIMIT 1",
                    arguments: [last])
            }
        }
    }

    /// The first row behind a part of the table that cannot be read.
    private func nextReadable(after last: Int64) -> Int64? {
        var (below, distance) = (last, Int64(1))
        while true {
            let (probe, overflow) = last.addingReportingOverflow(distance)
            guard !overflow else { return nil }
            if case .success(let found) = next(after: probe) {
                guard found != nil else { return nil }
                return firstReadable(below, probe)
            }
            below = probe
            guard distance < .max / 2 else { return nil }
            distance *= 2
        }
    }

    /// The first row that can be read, between a number after which none can and one after which one can.
    private func firstReadable(_ below: Int64, _ above: Int64) -> Int64? {
        var (low, high) = (below, above)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if case .success(_?) = next(after: middle) { high = middle } else { low = middle }
        }
        if case .success(let key) = next(after: high) { return key }
        return nil
    }
}

extension DatabaseError {
    /// Whether the file is not what was written, as opposed to what cannot be done with it now.
    var isDamage: Bool {
        switch resultCode {
        case .SQLITE_CORRUPT, .SQLITE_NOTADB, .SQLITE_IOERR: true
        default: false
        }
    }
}
