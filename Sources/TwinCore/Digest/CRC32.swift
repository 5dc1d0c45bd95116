/// The checksum of IEEE 802.3, as zlib, gzip and the devices compute it.
///
/// Polynomial 0x04C11DB7, bits taken from the lowest one on (so the reversed polynomial 0xEDB88320), starting with all
/// ones, and the result inverted: ISO/IEC/IEEE 8802-3 clause 3.2.9. One table look-up a byte, after RFC 1952, section 8.
public enum CRC32 {
    private static let reversedPolynomial: UInt32 = 0xEDB8_8320

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { remainder, _ in
            remainder & 1 == 1 ? reversedPolynomial ^ remainder >> 1 : remainder >> 1
        }
    }

    /// The checksum of some bytes.
    public static func of(_ bytes: some Sequence<UInt8>) -> UInt32 {
        let table = table
        return ~bytes.reduce(UInt32.max) { state, byte in
            table[Int(UInt8(truncatingIfNeeded: state) ^ byte)] ^ state >> 8
        }
    }
}
