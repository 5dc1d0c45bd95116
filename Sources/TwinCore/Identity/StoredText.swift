/// Text from outside, in a form that every store takes whole.
///
/// SQLite's C interface ends a text at its first NUL, PostgreSQL refuses it, and devices may put one into any word: two
/// words that differ behind it would become one row. NUL is therefore stored as `\0`, and `\` as `\\`; all other text stays as it is.
package enum StoredText {
    /// What is stored for a text.
    package static func column(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 == 0 || $0 == UInt8(ascii: "\\") }) else { return text }
        var column = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\0": column += "\\0"
            case "\\": column += "\\\\"
            default: column.unicodeScalars.append(scalar)
            }
        }
        return column
    }

    /// The text that a column was made from.
    package static func text(_ column: String) -> String {
        guard column.utf8.contains(UInt8(ascii: "\\")) else { return column }
        var text = ""
        var isEscaped = false
        for scalar in column.unicodeScalars {
            if isEscaped {
                text.unicodeScalars.append(scalar == "0" ? "\0" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
