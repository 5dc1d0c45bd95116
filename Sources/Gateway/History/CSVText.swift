/// Comma-separated values (RFC 4180): lines end with CR LF, and text is quoted where it needs to be.
enum CSVText {
    /// Appends a line.
    static func append(_ cells: [JSONValue], to bytes: inout [UInt8]) {
        for (index, cell) in cells.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(cell, to: &bytes)
        }
        bytes += [0x0D, 0x0A]
    }

    private static func append(_ cell: JSONValue, to bytes: inout [UInt8]) {
        switch cell {
        case .null: break
        case .string(let text): append(text, to: &bytes)
        case .bool, .integer, .number: cell.write(to: &bytes)
        case .array, .object: append(cell.text, to: &bytes)
        }
    }

    private static func append(_ text: String, to bytes: inout [UInt8]) {
        let text = isFormula(text) ? "'\(text)" : text
        let needsQuotes = text.utf8.contains { [0x0A, 0x0D, UInt8(ascii: ","), UInt8(ascii: "\"")].contains($0) }
        guard needsQuotes else {
            bytes += text.utf8
            return
        }
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            if byte == UInt8(ascii: "\"") { bytes.append(byte) }
            bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Whether a spreadsheet would compute the text instead of showing it; an apostrophe before it makes it text.
    ///
    /// Units come from devices, and nobody's spreadsheet is to run what a device sends.
    private static func isFormula(_ text: String) -> Bool {
        let first = text.utf8.first { $0 != UInt8(ascii: " ") }
        return first.map { "=+-@\t\r\n".utf8.contains($0) } ?? false
    }
}
