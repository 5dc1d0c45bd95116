import TwinCore

/// Reads named values of a request, wherever they stand, and collects everything that is wrong with them.
protocol ParameterReader {
    /// What `parse` makes of a value's text; `nil` when it is not given or cannot be taken.
    mutating func read<Value>(_ name: String, expected: String, _ parse: (String) -> Value?) -> Value?
    /// What `parse` makes of a number's text, where numbers and texts can be told apart.
    mutating func number<Value>(_ name: String, expected: String, _ parse: (String) -> Value?) -> Value?
    /// Adds a problem that only the caller can see.
    mutating func note(_ member: String, _ problem: String, expected: String)
}

extension ParameterReader {
    /// What `parse` makes of a number's text: in a query everything is text.
    mutating func number<Value>(_ name: String, expected: String, _ parse: (String) -> Value?) -> Value? {
        read(name, expected: expected, parse)
    }

    /// Text of at least one character.
    mutating func text(_ name: String) -> String? {
        read(name, expected: "text of at least one character") { $0.isEmpty ? nil : $0 }
    }

    /// A whole number within a range; `nil` when it is not given or cannot be taken.
    mutating func integer(_ name: String, in range: ClosedRange<Int>) -> Int? {
        number(name, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)") { text in
            Int(text).flatMap { range.contains($0) ? $0 : nil }
        }
    }

    /// A whole number within a range.
    mutating func integer(_ name: String, in range: ClosedRange<Int>, otherwise value: Int) -> Int {
        integer(name, in: range) ?? value
    }

    /// Yes or no.
    mutating func flag(_ name: String, otherwise value: Bool) -> Bool {
        read(name, expected: "true or false") { Bool($0) } ?? value
    }

    /// A time, in words or in milliseconds since 1970.
    mutating func time(_ name: String) -> UnixTime? {
        let expected =
            "a time such as 2025-01-31T12:00:00Z (RFC 3339), or 13 digits of milliseconds since 1970; seconds, which "
            + "have 10 digits, are not taken"
        return read(name, expected: expected) { UnixTime(rfc3339: $0) ?? UnixTime(digits: $0) }
    }

    /// One of the words of a vocabulary.
    mutating func word<Word: RawRepresentable & CaseIterable>(
        _ name: String, of type: Word.Type
    ) -> Word? where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue).joined(separator: ", ")
        return read(name, expected: "one of \(words)") { Word(rawValue: $0) }
    }
}

extension BodyReader: ParameterReader {
    /// What `parse` makes of a member: a text, a number, or a list of texts, which is read as if joined by commas.
    mutating func read<Value>(_ name: String, expected: String, _ parse: (String) -> Value?) -> Value? {
        optional(name, expected: expected) { $0.asParameter.flatMap(parse) }
    }

    /// What `parse` makes of a member that is a JSON number.
    mutating func number<Value>(_ name: String, expected: String, _ parse: (String) -> Value?) -> Value? {
        optional(name, expected: expected) { $0.asText == nil ? $0.asParameter.flatMap(parse) : nil }
    }
}

extension JSONValue {
    /// The value as it would stand in a query.
    fileprivate var asParameter: String? {
        switch self {
        case .string(let text): text
        case .integer, .number, .bool: self.text
        case .array(let elements):
            elements.allSatisfy { $0.asText != nil } ? elements.compactMap(\.asText).joined(separator: ",") : nil
        case .null, .object: nil
        }
    }
}

extension UnixTime {
    /// Reads milliseconds since 1970, from September 2001 to November 2286.
    ///
    /// `nil` for any other count of digits than 13: seconds would be a time in January 1970, and nobody would notice.
    fileprivate init?(digits text: String) {
        guard text.utf8.count == 13, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            !text.hasPrefix("0"), let milliseconds = Int64(text)
        else { return nil }
        self.init(milliseconds: milliseconds)
    }
}
