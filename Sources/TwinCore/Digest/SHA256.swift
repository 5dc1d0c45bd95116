/// SHA-256: a digest of bytes for which nobody knows two texts with the same one.
///
/// Source: NIST FIPS 180-4, Secure Hash Standard, 2015, sections 4.1.2, 4.2.2, 5.1.1, 5.3.3 and 6.2. It takes
/// the whole text at once; ``SHA256Stream`` takes it piece by piece.
public enum SHA256 {
    static let blockBytes = 64
    /// Section 5.3.3: the fractional parts of the square roots of the first eight primes.
    static let start: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    private static let hexDigits = Array("0123456789abcdef".utf8)

    /// The digest as 64 lower-case hexadecimal digits.
    public static func hexDigest(of bytes: [UInt8]) -> String {
        hexDigits(of: words(of: bytes))
    }

    /// Eight words as 64 lower-case hexadecimal digits.
    static func hexDigits(of words: [UInt32]) -> String {
        var digits: [UInt8] = []
        digits.reserveCapacity(64)
        for word in words {
            for shift in stride(from: 28, through: 0, by: -4) {
                digits.append(hexDigits[Int(word >> UInt32(shift) & 15)])
            }
        }
        return String(decoding: digits, as: UTF8.self)
    }

    /// The digest as 32 bytes.
    public static func digest(of bytes: [UInt8]) -> [UInt8] {
        words(of: bytes).flatMap { word in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: word >> $0) }
        }
    }

    /// The first 32 bits of the digest, most significant first: the first eight digits as a number.
    public static func leadingBits(of bytes: [UInt8]) -> UInt32 { words(of: bytes)[0] }

    /// The digest as eight words, most significant first.
    private static func words(of bytes: [UInt8]) -> [UInt32] {
        var hash = start
        var schedule = [UInt32](repeating: 0, count: 64)
        let padded = padded(bytes)
        for start in stride(from: 0, to: padded.count, by: blockBytes) {
            fill(&schedule, from: padded, at: start)
            mix(schedule, into: &hash)
        }
        return hash
    }

    /// Section 5.1.1: a one bit, zeros, and the length in bits as 64 bits, to whole blocks.
    ///
    /// - Parameter total: How long the whole text is, where `bytes` are its end after whole blocks.
    static func padded(_ bytes: [UInt8], total: UInt64? = nil) -> [UInt8] {
        var padded = bytes
        padded.append(0x80)
        while padded.count % blockBytes != blockBytes - 8 { padded.append(0) }
        let bits = (total ?? UInt64(bytes.count)) &* 8
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
        return padded
    }

    /// Section 6.2.2, step 1.
    static func fill(_ schedule: inout [UInt32], from bytes: [UInt8], at start: Int) {
        for index in 0..<16 {
            let first = start + index * 4
            schedule[index] =
                UInt32(bytes[first]) << 24 | UInt32(bytes[first + 1]) << 16 | UInt32(bytes[first + 2]) << 8
                | UInt32(bytes[first + 3])
        }
        for index in 16..<64 {
            let (early, late) = (schedule[index - 15], schedule[index - 2])
            let small0 = early.rotatedRight(7) ^ early.rotatedRight(18) ^ early >> 3
            let small1 = late.rotatedRight(17) ^ late.rotatedRight(19) ^ late >> 10
            schedule[index] = small1 &+ schedule[index - 7] &+ small0 &+ schedule[index - 16]
        }
    }

    /// Section 6.2.2, steps 2 to 4; the names are the standard's.
    static func mix(_ schedule: [UInt32], into hash: inout [UInt32]) {
        var (a, b, c, d) = (hash[0], hash[1], hash[2], hash[3])
        var (e, f, g, h) = (hash[4], hash[5], hash[6], hash[7])
        for index in 0..<64 {
            let sum1 = e.rotatedRight(6) ^ e.rotatedRight(11) ^ e.rotatedRight(25)
            let choice = (e & f) ^ (~e & g)
            let first = h &+ sum1 &+ choice &+ constants[index] &+ schedule[index]
            let sum0 = a.rotatedRight(2) ^ a.rotatedRight(13) ^ a.rotatedRight(22)
            let majority = (a & b) ^ (a & c) ^ (b & c)
            (h, g, f, e) = (g, f, e, d &+ first)
            (d, c, b, a) = (c, b, a, first &+ sum0 &+ majority)
        }
        for (index, word) in [a, b, c, d, e, f, g, h].enumerated() { hash[index] &+= word }
    }

    /// Section 4.2.2: the fractional parts of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}

extension UInt32 {
    fileprivate func rotatedRight(_ count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}
