import Foundation
import GRDB

/// The tables whose rows bear a seal, and what it covers.
enum SealedTable: String, CaseIterable {
    case sensors
    case facts
    case readings
    case commands
    case snapshots
    case pastSnapshots = "past_snapshots"
    case deadLetters = "dead_letters"

    /// The columns that the seal covers, in its order: all but the seal.
    var columns: String {
        switch self {
        case .sensors: "id, device, gpio, type, address, unit"
        case .facts: "sequence, device, kind, unix_ms, uptime_ms, body"
        case .readings: ReadingRow.columns
        case .commands: "id, device, gpio, unix_ms, state, body, change"
        case .snapshots: "device, last_sequence, body, change"
        case .pastSnapshots: "device, last_sequence, first_sequence, unix_ms, body, change"
        case .deadLetters: "id, reason, detail, topic, payload, payload_length, receipt_ms"
        }
    }

    /// Begins a seal; a number that was used once never stands for another table.
    var seal: Seal {
        switch self {
        case .facts: Seal(table: 1)
        case .readings: Seal(table: 2)
        case .commands: Seal(table: 3)
        case .snapshots: Seal(table: 4)
        case .deadLetters: Seal(table: 5)
        case .pastSnapshots: Seal(table: 6)
        case .sensors: Seal(table: 7)
        }
    }

    /// The seal of values in the order of ``columns``.
    func seal(_ values: [DatabaseValue]) -> Int64 {
        var seal = seal
        for (index, value) in values.enumerated() {
            switch value.storage {
            case .null: break
            case .int64(let number): seal.add(number, index + 1)
            case .double(let number): seal.add(number, index + 1)
            case .string(let text): seal.add(text, index + 1)
            case .blob(let bytes): seal.add(bytes, index + 1)
            }
        }
        return seal.value
    }

    /// Seals a row anew that was changed within the current transaction; its key is the table's first column.
    func sealAgain(_ key: Int64, _ db: Database) throws {
        let name = columns.prefix { $0 != "," }
        let select = try db.cachedStatement(sql: "SELECT \(columns) FROM \(rawValue) WHERE \(name) = ?")
        guard let row = try Row.fetchOne(select, arguments: [key]) else { return }
        try db.cachedStatement(sql: "UPDATE \(rawValue) SET seal = ? WHERE \(name) = ?")
            .execute(arguments: [seal(row, from: 0, count: row.count), key])
    }

    /// The seal that a row should bear whose columns from `first` on are ``columns``, as they are stored.
    func seal(_ row: Row, from first: Int, count: Int) throws -> Int64 {
        var seal = seal
        for index in 0..<count {
            let value: DatabaseValue = row[first + index]
            switch value.storage {
            case .null: break
            case .int64(let number): seal.add(number, index + 1)
            case .double(let number): seal.add(number, index + 1)
            // A damaged text may be none any more, and what a string makes of it may be another text's seal.
            case .string: try row.withUnsafeData(atIndex: first + index) { seal.add(text: $0 ?? Data(), index + 1) }
            case .blob(let bytes): seal.add(bytes, index + 1)
            }
        }
        return seal.value
    }
}
