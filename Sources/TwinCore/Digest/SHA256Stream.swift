/// SHA-256 of a text that comes piece by piece, in constant memory.
public struct SHA256Stream: Sendable {
    private var hash = SHA256.start
    private var schedule = [UInt32](repeating: 0, count: 64)
    /// What is too short for a block, until more comes.
    private var rest: [UInt8] = []
    private var total: UInt64 = 0

    /// Begins an empty text.
    public init() {}

    /// Takes the next piece.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        total += UInt64(bytes.count)
        rest += bytes
        let whole = rest.count - rest.count % SHA256.blockBytes
        take(rest, upTo: whole)
        rest.removeFirst(whole)
    }

    /// The digest of everything so far as 64 lower-case hexadecimal digits.
    public func hexDigest() -> String {
        var end = self
        let last = SHA256.padded(rest, total: total)
        end.take(last, upTo: last.count)
        return SHA256.hexDigits(of: end.hash)
    }

    private mutating func take(_ bytes: [UInt8], upTo end: Int) {
        for start in stride(from: 0, to: end, by: SHA256.blockBytes) {
            SHA256.fill(&schedule, from: bytes, at: start)
            SHA256.mix(schedule, into: &hash)
        }
    }
}
