/// How much is stored, and how.
struct StoreShape: Sendable {
    var rows: Int
    var batchRows: Int
    var sensors: Int
    var rounds: Int
    var seed: UInt64
    /// Where the files lie; the folder for temporary files if `nil`.
    var folder: String?

    /// How many rows each batch has, in order.
    var batches: [Int] {
        let last = rows % batchRows
        return Array(repeating: batchRows, count: rows / batchRows) + (last > 0 ? [last] : [])
    }
}
