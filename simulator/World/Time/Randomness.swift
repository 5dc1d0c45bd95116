/// The world's only source of chance; the same seed always gives the same numbers.
///
/// Source of the construction: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
public struct Randomness: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Begins a sequence.
    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    /// A whole number of a range.
    mutating func number(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound + Int64(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    /// Whether something happens that happens once in so many times.
    mutating func happens(onceIn times: UInt64) -> Bool { next() % times == 0 }

    /// A generator of its own for a part of the world, so that parts do not disturb each other's chance.
    mutating func split() -> Self { Self(seed: next()) }
}

extension Randomness {
    /// A generator for one part of a world: chance in one part does not move when another part draws more or less.
    init(seed: UInt64, part: String, number: Int = 0) {
        var digest: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in part.utf8 { digest = (digest ^ UInt64(byte)) &* 0x100_0000_01B3 }
        var mixed = Self(seed: seed ^ digest &+ UInt64(number) &* 0xD6E8_FEB8_6659_FD93)
        self.init(seed: mixed.next())
    }

    /// One element; `nil` of none.
    mutating func pick<Element>(_ elements: [Element]) -> Element? {
        guard !elements.isEmpty else { return nil }
        return elements[Int(number(0...Int64(elements.count - 1)))]
    }
}
