/// A 64-bit digest of a payload's bytes, the same in every run and on every platform.
///
/// It tells a redelivery from another reading; it is no protection against somebody who searches for collisions.
/// Words of eight bytes (little-endian) are folded one by one: exclusive-or into the state, then a 64 × 64 → 128 bit
/// multiplication by an odd constant whose halves are added without carry, which spreads every bit over the whole
/// state. The length is folded last, so that payloads that differ by trailing zeros differ.
enum Digest {
    // Odd, with about as many ones as zeros; taken from the fractional bits of the golden ratio and of the square
    // root of three.
    private static let seed: UInt64 = 0x9E37_79B9_7F4A_7C15
    private static let factor: UInt64 = 0xBB67_AE85_84CA_A73B

    /// The digest of some bytes.
    static func of(_ bytes: Span<UInt8>) -> UInt64 {
        var state = seed
        var index = 0
        while index < bytes.count {
            state = fold(state, JSONText.prefix(bytes, index, bytes.count))
            index += 8
        }
        return fold(fold(state, UInt64(bytes.count)), seed)
    }

    /// The digest of one of several parts of the bytes that `digest` is of.
    static func part(_ index: Int, of digest: UInt64) -> UInt64 {
        fold(digest, UInt64(truncatingIfNeeded: index) &+ 1)
    }

    private static func fold(_ state: UInt64, _ word: UInt64) -> UInt64 {
        // The second term keeps a state that equals the word, and so a product of zero, from forgetting what was.
        let product = (state ^ word).multipliedFullWidth(by: factor)
        return (product.high ^ product.low) &+ state.rotatedLeft(23)
    }
}

extension UInt64 {
    fileprivate func rotatedLeft(_ count: UInt64) -> UInt64 { self << count | self >> (64 - count) }
}
