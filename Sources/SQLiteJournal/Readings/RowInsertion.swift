import GRDB

/// A statement that inserts rows, many at once.
///
/// Readying a statement for new values and stepping it costs about as much in GRDB as a row costs in SQLite, so rows
/// go in by the block; and values are bound one by one, without an array of boxed values for each row.
struct RowInsertion: Sendable {
    /// How many rows one statement inserts; what is left over goes in by the next smaller size.
    private static let blockSizes = [32, 4, 1]

    private let columns: Int
    private let statements: [(size: Int, sql: String)]

    /// Describes the statement.
    ///
    /// - Parameters:
    ///   - head: The statement up to the word `VALUES`.
    ///   - columns: How many values a row has.
    ///   - tail: What follows the rows.
    init(_ head: String, columns: Int, _ tail: String) {
        let row = "(" + Array(repeating: "?", count: columns).joined(separator: ",") + ")"
        self.columns = columns
        statements = Self.blockSizes.map { size in
            (size, "\(head) VALUES \(Array(repeating: row, count: size).joined(separator: ",")) \(tail)")
        }
    }

    /// Inserts rows in their order.
    ///
    /// - Parameters:
    ///   - rows: The rows.
    ///   - db: The connection; the prepared statements stay in its cache.
    ///   - bind: Binds one row's values; those it leaves out are NULL.
    ///   - finish: Is called after each block with its rows and how many of them were inserted.
    func insert<Row>(
        _ rows: ArraySlice<Row>, _ db: Database, bind: (Row, Place) -> Void,
        finish: (ArraySlice<Row>, Int) throws -> Void = { _, _ in }
    ) throws {
        var rest = rows
        for (size, sql) in statements where rest.count >= size {
            let statement = try db.cachedStatement(sql: sql)
            while rest.count >= size {
                // Readies the statement for new values, and makes all of them NULL.
                statement.setUncheckedArguments(StatementArguments())
                let block = rest.prefix(size)
                var before: CInt = 0
                for row in block {
                    bind(row, Place(statement: statement, before: before))
                    before += CInt(columns)
                }
                try statement.execute()
                try finish(block, db.changesCount)
                rest = rest.dropFirst(size)
            }
        }
    }

    /// Where a row's values go.
    struct Place {
        fileprivate let statement: Statement
        fileprivate let before: CInt

        /// Binds the value of a column, counted from 1.
        func bind(_ value: some StatementBinding, _ column: CInt) {
            let code = unsafe value.bind(to: statement.sqliteStatement, at: before + column)
            precondition(code == 0, "SQLite refuses value \(before + column) of '\(statement.sql)' with code \(code)")
        }
    }
}
