import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// What the rows of a table hold: whether it can be understood, and what to call it.
///
/// Nothing here trusts a column to hold what it should.
struct RowContents {
    private let table: SealedTable
    private let decoder = JSONDecoder()
    /// The names of the sensors, for what refers to them.
    private let sensors: [Int64: String]

    init(_ table: SealedTable, _ queue: DatabaseQueue) {
        self.table = table
        guard table == .readings else {
            sensors = [:]
            return
        }
        // A damaged row among them was named when the sensors were checked.
        let rows = (try? queue.read { try Row.fetchAll($0, sql: "SELECT id, device, gpio, type FROM sensors") }) ?? []
        sensors = Dictionary(
            rows.compactMap { row in
                Int64.fromDatabaseValue(row[0]).map {
                    ($0, "\(Self.text(row, 1)) \(Self.text(row, 2)):\(Self.text(row, 3))")
                }
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The key of a row in words.
    func key(_ row: Row, from first: Int) -> String {
        let names = table.columns.split(separator: ",").map { $0.drop { $0 == " " } }
        let count = table == .pastSnapshots ? 2 : 1
        return (0..<count).map { "\(names[$0])=\(Self.text(row, first + $0))" }.joined(separator: " ")
    }

    /// What a row is about, as far as it can be read.
    func about(_ row: Row, from first: Int) -> String {
        func text(_ column: Int) -> String { Self.text(row, first + column) }
        func time(_ column: Int) -> String { Self.time(row, first + column) }
        return switch table {
        case .sensors: "\(text(1)) \(text(2)):\(text(3))"
        case .facts: Self.about(fact: row, from: first)
        case .readings: "\(sensor(row, first + 1) ?? "sensor \(text(1))"), measured \(time(4))"
        case .commands: "\(text(1)) gpio \(text(2)), \(text(4)), \(time(3))"
        case .snapshots: "the state of \(text(0))"
        case .pastSnapshots: "the state of \(text(0)) at \(time(3))"
        case .deadLetters: "\(text(1)), \(text(3)), \(time(6))"
        }
    }

    /// What a fact is about, as far as it can be read.
    static func about(fact row: Row, from first: Int) -> String {
        let device: DatabaseValue = row[first + 1]
        return "\(device.isNull ? "the site" : text(row, first + 1)), \(text(row, first + 2)), \(time(row, first + 3))"
    }

    /// What cannot be understood in a row.
    func problems(_ row: Row, from first: Int, _ db: Database) -> [String] {
        switch table {
        case .sensors: sensorProblems(row, first)
        case .facts: factProblems(row, first, db)
        case .readings: readingProblems(row, first, db)
        case .commands: commandProblems(row, first)
        case .snapshots: snapshotProblems(row, first)
        case .pastSnapshots: []
        case .deadLetters:
            Refusal.Reason(rawValue: Self.text(row, first + 1)) == nil ? ["its reason is none that is known"] : []
        }
    }

    private func sensorProblems(_ row: Row, _ first: Int) -> [String] {
        guard let id = Int64.fromDatabaseValue(row[first]), let pin = Int64.fromDatabaseValue(row[first + 2]) else {
            return ["its number or its pin is none"]
        }
        do {
            _ = try SensorRegistry.Name(
                id: id, device: Self.text(row, first + 1), gpio: pin, type: StoredText.text(Self.text(row, first + 3)),
                address: Self.text(row, first + 4))
            return []
        } catch {
            return ["it names no sensor"]
        }
    }

    private func factProblems(_ row: Row, _ first: Int, _ db: Database) -> [String] {
        guard let fact = FactRow(row, from: first) else { return ["a column holds something of another kind"] }
        var problems: [String] = []
        if let device = fact.device, DeviceID(device) == nil { problems.append("it names no device") }
        guard let event = try? decoder.decode(Event.self, from: Data(fact.body.utf8)) else {
            return problems + ["its body cannot be read"]
        }
        if event.kind != fact.kind { problems.append("its body is \(event.kind)") }
        if event.isSafetyRecord, Self.lacksLink(fact.sequence, db) {
            problems.append("it is a safety record, and its link in the chain is missing")
        }
        return problems
    }

    /// Whether a safety record behind the chain's anchor has no link; a table that cannot be read is named elsewhere.
    private static func lacksLink(_ sequence: Int64, _ db: Database) -> Bool {
        do {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT (SELECT sequence FROM safety_chain WHERE name = 'anchor') < :sequence
                        AND NOT EXISTS (SELECT 1 FROM safety_records WHERE sequence = :sequence)
                    """)
            return try Bool.fetchOne(statement, arguments: ["sequence": sequence]) ?? false
        } catch {
            return false
        }
    }

    private func readingProblems(_ row: Row, _ first: Int, _ db: Database) -> [String] {
        var problems: [String] = []
        if sensor(row, first + 1) == nil { problems.append("its sensor does not exist") }
        let qualities: [Int64?] = [11, 14].map { Int64.fromDatabaseValue(row[first + $0]) }
        if qualities[0].flatMap({ Quality(column: $0) }) == nil { problems.append("its quality is none that is known") }
        if let reported = qualities[1], Quality(column: reported) == nil {
            problems.append("its reported quality is none that is known")
        }
        if lacksPlace(row, first, db) { problems.append("it is missing from the history of its sensor") }
        return problems
    }

    private func lacksPlace(_ row: Row, _ first: Int, _ db: Database) -> Bool {
        do {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT :sequence <= (SELECT value FROM marks WHERE name = 'history_through') AND NOT EXISTS (
                        SELECT 1 FROM history WHERE sensor_id = :sensor AND event_ms = :event AND sequence = :sequence)
                    """)
            let values: [DatabaseValue] = [row[first], row[first + 1], row[first + 4]]
            return try Bool.fetchOne(
                statement, arguments: ["sequence": values[0], "sensor": values[1], "event": values[2]]) ?? false
        } catch {
            return true
        }
    }

    private func commandProblems(_ row: Row, _ first: Int) -> [String] {
        let body = Data(Self.text(row, first + 5).utf8)
        guard let record = try? decoder.decode(CommandRecord.self, from: body) else {
            return ["its body cannot be read"]
        }
        let isSame =
            record.device.description == Self.text(row, first + 1)
            && StoredText.column(record.order.id.description) == Self.text(row, first)
        return isSame ? [] : ["its body is another command's"]
    }

    private func snapshotProblems(_ row: Row, _ first: Int) -> [String] {
        let body = Data(Self.text(row, first + 2).utf8)
        guard let snapshot = try? decoder.decode(DeviceSnapshot.self, from: body) else {
            return ["its body cannot be read"]
        }
        let isSame = snapshot.device.address.device.description == Self.text(row, first)
        return isSame ? [] : ["its body is another device's"]
    }

    private func sensor(_ row: Row, _ column: Int) -> String? {
        Int64.fromDatabaseValue(row[column]).flatMap { sensors[$0] }
    }

    private static func text(_ row: Row, _ column: Int) -> String {
        let value: DatabaseValue = row[column]
        return switch value.storage {
        case .null: "nothing"
        case .int64(let number): "\(number)"
        case .double(let number): "\(number)"
        case .string(let text): text
        case .blob(let bytes): String(decoding: bytes, as: UTF8.self)
        }
    }

    private static func time(_ row: Row, _ column: Int) -> String {
        Int64.fromDatabaseValue(row[column]).map { UnixTime(milliseconds: $0).rfc3339 } ?? "at no time"
    }
}
