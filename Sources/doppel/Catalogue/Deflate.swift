import CZlib

/// Packs bytes as zlib does: a stream of RFC 1950 around the deflate of RFC 1951.
enum Deflate {
    /// The packed bytes, as small as zlib makes them; the same for the same input and the same zlib.
    static func pack(_ bytes: [UInt8]) -> [UInt8] {
        let bound = compressBound(uLong(bytes.count))
        return unsafe [UInt8](unsafeUninitializedCapacity: Int(bound)) { packed, count in
            var length = bound
            let result = unsafe bytes.withUnsafeBufferPointer { bytes in
                unsafe compress2(
                    packed.baseAddress, &length, bytes.baseAddress, uLong(bytes.count), Z_BEST_COMPRESSION)
            }
            // It refuses a buffer that is too small, which this one is not, or when memory has run out.
            precondition(result == Z_OK, "zlib refused to pack \(bytes.count) bytes: \(result)")
            count = Int(length)
        }
    }
}
