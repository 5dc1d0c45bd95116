import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// Checks the rows of one table: their seals, and whether they can be understood.
struct TableCheck {
    private let table: SealedTable
    private let queue: DatabaseQueue
    private let columnCount: Int
    private var result: TableVerification
    private var expected: Int?
    private let contents: RowContents

    init(_ table: SealedTable, _ queue: DatabaseQueue) {
        self.table = table
        self.queue = queue
        columnCount = table.columns.split(separator: ",").count
        result = TableVerification(name: table.rawValue)
        contents = RowContents(table, queue)
    }

    /// Checks all rows.
    mutating func run(_ report: inout JournalReport, _ progress: (VerificationProgress) -> Void) throws {
        var found: [JournalDamage] = []
        expected = (try? queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table.rawValue)") }) ?? nil
        tell(progress)
        switch table {
        case .snapshots, .pastSnapshots: try readByName(&found, progress)
        case .sensors, .facts, .readings, .commands, .deadLetters: try readByNumber(&found, progress)
        }
        for damage in found { report.add(damage) }
        report.addUnnamed(result.damages - found.count)
        report.tables.append(result)
    }

    private mutating func readByNumber(
        _ found: inout [JournalDamage], _ progress: (VerificationProgress) -> Void
    ) throws {
        let scan = RowScan(table: table.rawValue, columns: table.columns + ", seal", queue: queue)
        // Two closures below change them, one after the other.
        var (result, gaps) = (result, [JournalDamage]())
        var damagedCommands: [Int: Int64] = [:]
        let key = table == .commands ? "rowid" : String(table.columns.prefix { $0 != "," })
        let unreadable = UnreadableRow(table, queue, contents)
        try scan.run(
            { row, db in
                let damages = try check(row, from: 1, db, &result)
                Self.keep(damages, in: &gaps, &result)
                if table == .commands, !damages.isEmpty, gaps.count < JournalReport.maximumNamed {
                    damagedCommands[gaps.count - 1] = row[0]
                }
                return damages.isEmpty
            },
            gap: { gap in
                var damage = JournalDamage(table: table.rawValue, problem: "")
                switch gap {
                case .row(let number): damage = unreadable.damage(number)
                case .rows(let span):
                    damage.record = "\(key)=\(span.lowerBound)…\(span.upperBound)"
                    damage.problem = "no record in this range can be read"
                case .everything(let last):
                    damage.record = "\(key)>\(last)"
                    damage.problem = "nothing behind this record can be read"
                }
                Self.keep([damage], in: &gaps, &result)
            },
            slice: { progress(VerificationProgress(stage: table.rawValue, rows: result.rows, of: expected)) })
        self.result = result
        // Not within a slice's transaction: the queue has one connection.
        for (index, number) in damagedCommands {
            if let id = UnreadableRow.indexedID(number, queue) { gaps[index].record = "id=\(id)" }
        }
        found += gaps
    }

    /// Reads a table whose key is a name; it is as small as the fleet.
    private mutating func readByName(
        _ found: inout [JournalDamage], _ progress: (VerificationProgress) -> Void
    ) throws {
        var last = (device: "", sequence: Int64.min)
        do {
            while true {
                let before = result.rows
                try queue.read { db in
                    let rows = try Row.fetchCursor(
                        db,
                        sql: """
                            SELECT \(table.columns), seal FROM \(table.rawValue)
                            WHERE (device, last_sequence) > (?, ?) ORDER BY device, last_sequence LIMIT 1000
                            """, arguments: [last.device, last.sequence])
                    while let row = try rows.next() {
                        Self.keep(try check(row, from: 0, db, &result), in: &found, &result)
                        last = (row[0], row[1])
                    }
                }
                guard result.rows > before else { return }
                tell(progress)
            }
        } catch let error as DatabaseError where error.isDamage {
            let place = last.device.isEmpty ? "" : "device>\(last.device)"
            let damage = JournalDamage(
                table: table.rawValue, record: place, problem: "nothing behind this can be read")
            Self.keep([damage], in: &found, &result)
        }
    }

    /// Counts damages, and keeps as many as are named.
    private static func keep(
        _ damages: [JournalDamage], in kept: inout [JournalDamage], _ result: inout TableVerification
    ) {
        result.damages += damages.count
        if kept.count < JournalReport.maximumNamed { kept += damages }
    }

    /// What is wrong with a row.
    private func check(
        _ row: Row, from first: Int, _ db: Database, _ result: inout TableVerification
    ) throws -> [JournalDamage] {
        result.rows += 1
        var problems: [String] = []
        let stored: DatabaseValue = row[first + columnCount]
        if stored.isNull {
            result.unsealed += 1
        } else if try Int64.fromDatabaseValue(stored) != table.seal(row, from: first, count: columnCount) {
            problems.append("its seal does not fit: it is not what was stored")
        }
        problems += contents.problems(row, from: first, db)
        guard !problems.isEmpty else { return [] }
        return [
            JournalDamage(
                table: table.rawValue, record: contents.key(row, from: first), about: contents.about(row, from: first),
                problem: problems.joined(separator: "; "))
        ]
    }

    private func tell(_ progress: (VerificationProgress) -> Void) {
        progress(VerificationProgress(stage: table.rawValue, rows: result.rows, of: expected))
    }
}
