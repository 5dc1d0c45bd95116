/// One topic of the contract: its levels as the contract writes them, and what it means to us.
///
/// `{gpio}` stands for a number, any other `{…}` for one level whatever it reads, and `#` for all that follows.
struct TopicPattern: Sendable {
    /// What a topic means to us.
    enum Meaning: Sendable, Equatable {
        /// A device's message; without the usual prefix its device is the sixth level.
        case report(Topic.Subject)
        /// A device announces itself.
        case discovery
        /// A relay says how it is; it is the fourth level.
        case relay
        /// Named by the contract, which says nothing about its payload.
        case unsupported
        /// A message that only a server sends.
        case server
        /// A command to an actuator, which only a server sends.
        case command
        /// An emergency stop or its clearing, which only a server sends.
        case emergency
        /// A runtime's claim of the site.
        case claim
    }

    /// The longest number a level may be, in digits; more than any pin needs.
    static let maximumDigits = 5

    /// The levels; also the topic's shape in refusals.
    let shape: String
    /// What the topic means.
    let meaning: Meaning
    private let pattern: [UInt8]

    init(_ shape: String, _ meaning: Meaning) {
        self.shape = shape
        self.meaning = meaning
        pattern = Array(shape.utf8)
    }

    /// Compares the topic's bytes from `start` on.
    ///
    /// - Returns: The number at `{gpio}`, or 0 where the pattern has none; `nil` when the topic is another one.
    func match(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var (at, index, number) = (0, start, 0)
        while at < pattern.count {
            switch pattern[at] {
            case UInt8(ascii: "#"): return index < bytes.count ? number : nil
            case UInt8(ascii: "{"):
                let end = Self.levelEnd(bytes, index)
                guard end > index else { return nil }
                if pattern[at + 1] == UInt8(ascii: "g") {
                    guard let found = Self.number(bytes, index, end) else { return nil }
                    number = found
                }
                while pattern[at] != UInt8(ascii: "}") { at += 1 }
                at += 1
                index = end
            case let byte:
                guard index < bytes.count, bytes[index] == byte else { return nil }
                at += 1
                index += 1
            }
        }
        return index == bytes.count ? number : nil
    }

    /// Where the level that begins at `start` ends.
    static func levelEnd(_ bytes: Span<UInt8>, _ start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "/") { end += 1 }
        return end
    }

    /// Where the level of a number lies, counted from 0; empty behind the last.
    static func level(_ number: Int, _ bytes: Span<UInt8>) -> Range<Int> {
        var (start, end) = (0, levelEnd(bytes, 0))
        for _ in 0..<number {
            guard end < bytes.count else { return end..<end }
            start = end + 1
            end = levelEnd(bytes, start)
        }
        return start..<end
    }

    /// The number a level reads as, without leading zeros; `nil` when it is none.
    static func number(_ bytes: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        guard start < end, end - start <= maximumDigits else { return nil }
        guard end - start == 1 || bytes[start] != UInt8(ascii: "0") else { return nil }
        var number = 0
        for index in start..<end {
            let digit = bytes[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            number = number * 10 + Int(digit)
        }
        return number
    }
}
