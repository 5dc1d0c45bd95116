/// Finds the word somebody probably meant.
enum NearestWord {
    /// Longer words are compared by their beginning, in characters.
    private static let comparedCharacters = 40

    /// The known word with the fewest insertions, deletions and replacements; the first of equally near ones.
    static func to(_ word: String, among known: [String]) -> String? {
        let given = Array(word.lowercased().prefix(comparedCharacters))
        return known.map { (word: $0, distance: distance(given, Array($0.lowercased().prefix(comparedCharacters)))) }
            .min { $0.distance < $1.distance }?.word
    }

    /// The edit distance of Levenshtein, row by row.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        var last = Array(0...right.count)
        for (row, character) in left.enumerated() {
            var current = [row + 1]
            for column in right.indices {
                let replaced = last[column] + (right[column] == character ? 0 : 1)
                current.append(min(replaced, last[column + 1] + 1, current[column] + 1))
            }
            last = current
        }
        return last[right.count]
    }
}
