/// Finds the word somebody probably meant.
enum NearestWord {
    /// How far the beginning of a word is from the word: people cut words short more often than they mistype them.
    private static let abbreviationDistance = 2

    /// The known word with the smallest edit distance; the first of several equally near ones, `nil` for no words.
    ///
    /// A word of at least three letters is near to each known one that begins with it.
    static func to(_ word: String, among known: [String]) -> String? {
        known.min { nearness(of: $0, to: word) < nearness(of: $1, to: word) }
    }

    private static func nearness(of known: String, to word: String) -> Int {
        let edits = distance(word, known)
        return word.count >= 3 && folded(known).starts(with: folded(word)) ? min(edits, abbreviationDistance) : edits
    }

    /// How many insertions, deletions, replacements and swaps of neighbours lead from one word to the other.
    ///
    /// The case of letters, and whether parts are joined by `.`, `-` or `_`, makes no difference.
    /// - Complexity: O(*nm*) in the lengths of the words.
    static func distance(_ left: String, _ right: String) -> Int {
        let from = folded(left)
        let into = folded(right)
        guard !from.isEmpty, !into.isEmpty else { return max(from.count, into.count) }
        var beforeLast: [Int] = []
        var last = Array(0...into.count)
        for row in 1...from.count {
            var current = [row] + Array(repeating: 0, count: into.count)
            for column in 1...into.count {
                let replacement = last[column - 1] + (from[row - 1] == into[column - 1] ? 0 : 1)
                current[column] = min(replacement, last[column] + 1, current[column - 1] + 1)
                if row > 1, column > 1, from[row - 1] == into[column - 2], from[row - 2] == into[column - 1] {
                    current[column] = min(current[column], beforeLast[column - 2] + 1)
                }
            }
            beforeLast = last
            last = current
        }
        return last[into.count]
    }

    private static func folded(_ word: String) -> [Character] {
        word.lowercased().map { "._-".contains($0) ? "_" : $0 }
    }
}
