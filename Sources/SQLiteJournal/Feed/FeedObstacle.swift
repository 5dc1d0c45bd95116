import GRDB

/// The first row that cannot be read of those that another store is to hold.
struct FeedObstacle {
    /// Its place in the journal.
    let sequence: UInt64
    /// What is wrong with it.
    let failure: any Error

    /// Reads rows, which begin with their sequence numbers, as far as they can be read.
    ///
    /// - Parameter obstacle: The first of all rows looked at so far that could not be.
    static func read<Value>(
        _ rows: RowCursor, _ obstacle: inout FeedObstacle?, _ value: (Row) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        while let row = try rows.next() {
            do {
                values.append(try value(row))
            } catch {
                let sequence = UInt64(row[0] as Int64)
                if sequence < obstacle?.sequence ?? .max { obstacle = FeedObstacle(sequence: sequence, failure: error) }
                break
            }
        }
        return values
    }
}
