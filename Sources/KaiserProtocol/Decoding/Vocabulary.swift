import TwinCore

/// The words that a member may have in the contract.
struct Vocabulary: Sendable {
    /// How words are brought into the case of the contract.
    enum Spelling: Sendable {
        case upper, lower, exact
    }

    private let words: Set<String>
    private let aliases: [String: String]
    private let prefixes: [String]
    private let suffixes: [String]
    private let spelling: Spelling

    /// Puts a vocabulary together.
    ///
    /// - Parameters:
    ///   - words: The canonical words.
    ///   - aliases: Other words, and the canonical ones they stand for.
    ///   - prefixes: The beginnings of whole families of words.
    ///   - suffixes: The ends of such families.
    ///   - spelling: The case of all of them; a word in another case is brought into it.
    init(
        _ words: Set<String>, aliases: [String: String] = [:], prefixes: [String] = [], suffixes: [String] = [],
        spelling: Spelling
    ) {
        self.words = words
        self.aliases = aliases
        self.prefixes = prefixes
        self.suffixes = suffixes
        self.spelling = spelling
    }

    /// The canonical word for a word; `nil` for one that the contract does not know.
    func canonical(_ word: String) -> String? {
        let spelled =
            switch spelling {
            case .upper: word.uppercased()
            case .lower: word.lowercased()
            case .exact: word
            }
        if words.contains(spelled) { return spelled }
        if let canonical = aliases[spelled] { return canonical }
        let isOfFamily = prefixes.contains { spelled.hasPrefix($0) } || suffixes.contains { spelled.hasSuffix($0) }
        return isOfFamily ? spelled : nil
    }
}

extension MessageReader {
    /// What stands for a code that the contract does not know.
    static let unknownCode = "CONTRACT_UNKNOWN_CODE"

    /// A word of the contract, canonical; `nil` when it is absent or empty.
    ///
    /// A word nobody knows is kept in the flags, and `fallback` (or the word itself) stands for it.
    func word(
        _ key: JSONKey, of vocabulary: Vocabulary, otherwise fallback: String? = nil, _ bytes: Span<UInt8>,
        _ flags: inout [String]
    ) throws(Refusal) -> String? {
        guard let word = try word(key, bytes) else { return nil }
        if let canonical = vocabulary.canonical(word) { return canonical }
        flags.append("unknown \(key) '\(word)'")
        return fallback ?? word
    }
}
