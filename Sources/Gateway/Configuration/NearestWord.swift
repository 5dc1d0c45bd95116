/// Finds the word somebody probably meant.
enum NearestWord {
    /// Longer words are compared by their beginning, in bytes.
    private static let comparedBytes = 40

    /// The known word with the fewest insertions, deletions and replacements; the first of equally near ones.
    static func to(_ word: String, among known: [String]) -> String? {
        let given = bytes(of: word)
        return known.map { (word: $0, distance: distance(given, bytes(of: $0))) }
            .min { $0.distance < $1.distance }?.word
    }

    private static func bytes(of word: String) -> [UInt8] {
        word.utf8.prefix(comparedBytes).map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
    }

    /// The edit distance of Levenshtein, row by row.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var last = Array(0...right.count)
        var current = last
        for (row, byte) in left.enumerated() {
            current[0] = row + 1
            for column in right.indices {
                let replaced = last[column] + (right[column] == byte ? 0 : 1)
                current[column + 1] = min(replaced, last[column + 1] + 1, current[column] + 1)
            }
            swap(&last, &current)
        }
        return last[right.count]
    }
}
