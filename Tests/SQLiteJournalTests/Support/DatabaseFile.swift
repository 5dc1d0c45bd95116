import Foundation

/// The bytes of a database file, and where in them a row lies; reads the format by itself.
///
/// Format: https://www.sqlite.org/fileformat2.html, section 1.6.
struct DatabaseFile {
    let path: String
    let bytes: [UInt8]

    init(_ path: String) throws {
        self.path = path
        bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
    }

    private var pageSize: Int { Int(bytes[16]) << 8 | Int(bytes[17]) }

    /// The cell of a table's row that holds some bytes: its length, its number, its header and its columns.
    func cell(holding needle: [UInt8]) -> Range<Int>? {
        for page in 1..<bytes.count / pageSize where bytes[page * pageSize] == 0x0D {
            let start = page * pageSize
            let count = Int(bytes[start + 3]) << 8 | Int(bytes[start + 4])
            for index in 0..<count {
                let pointer = start + 8 + 2 * index
                let first = start + (Int(bytes[pointer]) << 8 | Int(bytes[pointer + 1]))
                var place = first
                let length = number(&place)
                _ = number(&place)
                let cell = first..<min(place + length, start + pageSize)
                if bytes[cell].contains(needle) { return cell }
            }
        }
        return nil
    }

    /// Writes the file with some bytes changed.
    func write(_ change: (inout [UInt8]) -> Void) throws {
        var changed = bytes
        change(&changed)
        try Data(changed).write(to: URL(fileURLWithPath: path))
    }

    private func number(_ place: inout Int) -> Int {
        var value = 0
        repeat {
            value = value << 7 | Int(bytes[place] & 0x7F)
            place += 1
        } while bytes[place - 1] & 0x80 != 0
        return value
    }
}
