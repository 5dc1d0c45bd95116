import Foundation
import GRDB

/// Says which table or index, and which records, a page of the file holds that SQLite complains about.
struct PageNames {
    private let path: String
    private let queue: DatabaseQueue

    init(_ path: String, _ queue: DatabaseQueue) {
        self.path = path
        self.queue = queue
    }

    /// A complaint, and in parentheses what the page in it holds, where that can be told.
    func explained(_ complaint: String) -> String {
        let words = complaint.split { " :,".contains($0) }.map { $0.lowercased() }
        guard let index = words.firstIndex(of: "page"), index + 1 < words.count, let page = Int(words[index + 1]),
            let name = name(of: page)
        else { return complaint }
        let records = records(on: page, of: name)
        return "\(complaint) (page \(page) belongs to \(name)\(records.map { " and holds \($0)" } ?? ""))"
    }

    /// The table or index that a page belongs to.
    private func name(of page: Int) -> String? {
        try? queue.read { db in
            try String.fetchOne(db, sql: "SELECT name FROM dbstat WHERE pageno = ?", arguments: [page])
        }
    }

    /// The numbers of the rows on a page of a table, as they stand in the file.
    ///
    /// Format: https://www.sqlite.org/fileformat2.html, sections 1.3 and 1.6. What waits in the write-ahead log is not
    /// looked at.
    private func records(on page: Int, of name: String) -> String? {
        guard let size = try? queue.read({ try Int.fetchOne($0, sql: "PRAGMA page_size") }),
            let file = FileHandle(forReadingAtPath: path),
            (try? file.seek(toOffset: UInt64(page - 1) * UInt64(size))) != nil,
            let bytes = (try? file.read(upToCount: size)).map({ Array($0) }), bytes.count == size,
            page > 1, bytes[0] == Self.tableLeaf
        else { return nil }
        let count = Int(bytes[3]) << 8 | Int(bytes[4])
        var numbers: [Int64] = []
        for cell in 0..<count where 8 + 2 * cell + 1 < size {
            var place = Int(bytes[8 + 2 * cell]) << 8 | Int(bytes[9 + 2 * cell])
            guard Self.number(bytes, &place) != nil, let number = Self.number(bytes, &place) else { continue }
            numbers.append(number)
        }
        // The numbers themselves may be what is damaged: most of them still say where on the table the page is.
        let sorted = numbers.sorted()
        guard let first = sorted.first, let last = sorted.last else { return nil }
        return first == last ? "record \(first)" : "records \(first)…\(last)"
    }

    private static let tableLeaf: UInt8 = 0x0D

    /// Reads a number of one to nine bytes.
    private static func number(_ bytes: [UInt8], _ place: inout Int) -> Int64? {
        var value: UInt64 = 0
        for index in 0..<9 {
            guard place < bytes.count else { return nil }
            let byte = bytes[place]
            place += 1
            if index == 8 { return Int64(bitPattern: value << 8 | UInt64(byte)) }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte & 0x80 == 0 { return Int64(bitPattern: value) }
        }
        return nil
    }
}
