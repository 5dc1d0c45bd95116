import GRDB
import TwinRuntime

/// The first row that cannot be read of those that another store is to hold.
struct FeedObstacle {
    /// Its place in the journal.
    let sequence: UInt64
    /// Whose it is, for a person.
    let owner: String
    /// What is wrong with it.
    let error: any Error

    /// What is wrong, and what can be done, for a person to read.
    var failure: JournalFailure {
        JournalFailure(
            "row \(sequence) of the journal (of \(owner)) cannot be fed: \(error) All "
                + "before it is fed. To have the rest fed without it: `doppel admin skip --row \(sequence)`.")
    }

    /// Reads rows, which begin with their sequence numbers, as far as they can be read.
    ///
    /// - Parameters:
    ///   - obstacle: The first of all rows looked at so far that could not be.
    ///   - leavesOut: Whether those behind such a row are read, too.
    ///   - owner: Whose a row is.
    static func read<Value>(
        _ rows: RowCursor, _ obstacle: inout FeedObstacle?, leavesOut: Bool = false, owner: (Row) -> String,
        _ value: (Row) throws -> Value
    ) throws -> [Value] {
        var values: [Value] = []
        while let row = try rows.next() {
            do {
                values.append(try value(row))
            } catch {
                let sequence = UInt64(row[0] as Int64)
                if sequence < obstacle?.sequence ?? .max {
                    obstacle = FeedObstacle(sequence: sequence, owner: owner(row), error: error)
                }
                if !leavesOut { break }
            }
        }
        return values
    }
}
