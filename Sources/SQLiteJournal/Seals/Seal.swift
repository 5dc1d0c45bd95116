import Foundation

/// A number that tells whether a row is what was stored: 64 bits over all its columns, its key among them.
///
/// It is kept in the row. Any change within one number or within eight neighbouring bytes of a text changes it for
/// certain, any other change but for one chance in 2^64. It finds damage, not deceit: who can write the file can
/// compute it, too; see ``SafetyChain``.
///
/// The rounds are those by which XXH64 takes in whole words of eight bytes and finishes, one word for each number:
/// Y. Collet, "xxHash fast digest algorithm", version 0.1.1, 2018, section "XXH64 algorithm description", steps 5 and 6.
/// Its four parallel lanes pay only for texts that are longer than rows are.
struct Seal {
    private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
    private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
    private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
    private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
    private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

    /// What a column holds; NULL is 0.
    private enum Kind: UInt64 {
        case integer = 1
        case real, text, blob
    }

    /// The most columns of a table: three bits of ``kinds`` for each.
    static let maximumColumns = 21

    private var state: UInt64
    private var kinds: UInt64 = 0

    /// Begins the seal of a row of a table.
    ///
    /// - Parameter number: The table's number: equal rows of two tables have different seals.
    init(table number: UInt64) { state = Self.prime5 &+ number }

    /// Takes in a column, counted from 1; columns come in their order, and those that are NULL are left out.
    mutating func add(_ value: Int64, _ column: Int) {
        note(.integer, column)
        mix(UInt64(bitPattern: value))
    }

    /// Takes in a number with a fraction; what is none is stored as NULL, and -0 as 0.
    mutating func add(_ value: Double, _ column: Int) {
        guard !value.isNaN else { return }
        note(.real, column)
        mix((value + 0).bitPattern)
    }

    /// Takes in a text.
    mutating func add(_ text: String, _ column: Int) {
        note(.text, column)
        unsafe mix(text.utf8Span.span.bytes)
    }

    /// Takes in the bytes of a text as they are stored, which after damage may be no text.
    mutating func add(text bytes: Data, _ column: Int) {
        note(.text, column)
        mix(bytes.bytes)
    }

    /// Takes in bytes.
    mutating func add(_ bytes: Data, _ column: Int) {
        note(.blob, column)
        mix(bytes.bytes)
    }

    /// The seal of what was taken in.
    var value: Int64 {
        var last = self
        last.mix(kinds)
        var hash = last.state
        hash ^= hash >> 33
        hash &*= Self.prime2
        hash ^= hash >> 29
        hash &*= Self.prime3
        hash ^= hash >> 32
        return Int64(bitPattern: hash)
    }

    private mutating func note(_ kind: Kind, _ column: Int) { kinds |= kind.rawValue << UInt64(3 * (column - 1)) }

    private mutating func mix(_ word: UInt64) {
        state ^= (word &* Self.prime2).rotatedLeft(31) &* Self.prime1
        state = state.rotatedLeft(27) &* Self.prime1 &+ Self.prime4
    }

    private mutating func mix(_ bytes: RawSpan) {
        mix(UInt64(bytes.byteCount))
        var offset = 0
        while offset + 8 <= bytes.byteCount {
            mix(UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)))
            offset += 8
        }
        guard offset < bytes.byteCount else { return }
        var rest: UInt64 = 0
        while offset < bytes.byteCount {
            rest = rest << 8 | UInt64(unsafe bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
            offset += 1
        }
        mix(rest)
    }
}

extension UInt64 {
    fileprivate func rotatedLeft(_ count: UInt64) -> UInt64 { self << count | self >> (64 - count) }
}
