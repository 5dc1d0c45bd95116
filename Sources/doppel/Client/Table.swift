/// Rows under headings, in columns as wide as their widest cell.
struct Table: Sendable {
    /// The headings.
    let headings: [String]
    /// The rows; each as long as the headings.
    private(set) var rows: [[String]] = []

    /// Makes a table without rows.
    init(_ headings: [String]) { self.headings = headings }

    /// Adds a row with a cell for each heading.
    mutating func add(_ cells: [String]) {
        precondition(cells.count == headings.count, "\(cells.count) cells for \(headings.count) headings: \(cells)")
        rows.append(cells.map(Self.printable))
    }

    /// The lines, without blanks at their ends.
    var lines: [String] {
        let all = [headings] + rows
        let widths = headings.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                line += cell
                if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
            }
            while line.last == " " { line.removeLast() }
            return line
        }
    }

    /// What a device sends must not move the cursor of the person who reads it.
    static func printable(_ text: String) -> String {
        String(text.map { $0.unicodeScalars.allSatisfy(isHarmless) ? $0 : "\u{FFFD}" })
    }

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: false
        default: true
        }
    }
}
