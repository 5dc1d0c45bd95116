/// A key to look up, written as a literal; what identifies it is computed where it is compiled.
package struct JSONKey: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    /// The key.
    let word: StaticString
    /// The key's first eight bytes, the first lowest, padded with zeros.
    let prefix: UInt64
    /// The key's length, in bytes.
    let length: UInt32

    /// Takes a literal.
    @inline(__always)
    package init(stringLiteral word: StaticString) {
        self.word = word
        length = UInt32(truncatingIfNeeded: word.utf8CodeUnitCount)
        prefix = JSONText.prefix(word)
    }

    /// The key.
    package var description: String { "\(word)" }
}
