import GRDB

/// Names a row that cannot be read as a whole, by what of it can.
struct UnreadableRow {
    private let table: SealedTable
    private let queue: DatabaseQueue
    private let contents: RowContents

    init(_ table: SealedTable, _ queue: DatabaseQueue, _ contents: RowContents) {
        self.table = table
        self.queue = queue
        self.contents = contents
    }

    /// The damage of a row.
    func damage(_ number: Int64) -> JournalDamage {
        let names = table.columns.split(separator: ",").map { String($0.drop { $0 == " " }) }
        let readable = names.map { name -> String in
            let value = try? queue.read { try Row.fetchOne($0, sql: "SELECT \(name)\(source)", arguments: [number]) }
            return value == nil ? "NULL" : name
        }
        let columns = readable.joined(separator: ", ")
        let row = try? queue.read { try Row.fetchOne($0, sql: "SELECT \(columns)\(source)", arguments: [number]) }
        var damage = JournalDamage(
            table: table.rawValue, record: "\(names[0])=\(number)", problem: "the record cannot be read")
        if let row {
            damage.about = contents.about(row, from: 0)
            damage.record = contents.key(row, from: 0)
        }
        if table == .commands, let id = Self.indexedID(number, queue) { damage.record = "id=\(id)" }
        return damage
    }

    private var source: String { " FROM \(table.rawValue) NOT INDEXED WHERE rowid = ?" }

    /// A command's id as its index knows it, which is right when the row is not.
    static func indexedID(_ number: Int64, _ queue: DatabaseQueue) -> String? {
        try? queue.read {
            try String.fetchOne(
                $0, sql: "SELECT id FROM commands INDEXED BY sqlite_autoindex_commands_1 WHERE id >= '' AND rowid = ?",
                arguments: [number])
        }
    }
}
