import CZlib
import TwinRuntime

/// One end of a zlib stream (RFC 1950) of any length, in constant memory.
///
/// Safe to use: zlib's structure is allocated and freed with the object, and no pointer to it leaves.
@safe final class PackedStream {
    /// Which way bytes go.
    enum Direction {
        case packing, unpacking
    }

    /// How much is read or written at once, in bytes.
    static let pieceBytes = 256 * 1024
    /// How hard zlib tries: a database shrinks to about a third, and takes a fraction of the default level's time.
    private static let level: Int32 = 3

    private let direction: Direction
    // zlib keeps the address of the structure, so it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private var room: [UInt8]
    /// Whether the stream has come to its own end.
    private(set) var isAtEnd = false

    /// Begins a stream that hands on at most so many bytes at once.
    init(_ direction: Direction, pieceBytes: Int = PackedStream.pieceBytes) throws(JournalFailure) {
        self.direction = direction
        room = [UInt8](repeating: 0, count: pieceBytes)
        unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        let code =
            switch direction {
            case .packing: unsafe deflateInit_(stream, Self.level, ZLIB_VERSION, size)
            case .unpacking: unsafe inflateInit_(stream, ZLIB_VERSION, size)
            }
        guard code == Z_OK else { throw JournalFailure("zlib did not begin (\(code)): there is not enough memory.") }
    }

    deinit {
        _ =
            switch direction {
            case .packing: unsafe deflateEnd(stream)
            case .unpacking: unsafe inflateEnd(stream)
            }
        unsafe stream.deallocate()
    }

    /// Takes the next bytes in, and hands on what came of them.
    ///
    /// - Parameters:
    ///   - isLast: Whether nothing follows; asked when packing.
    ///   - emit: Gets what came of them, in pieces.
    /// - Throws: What `emit` throws, and ``JournalFailure`` where the bytes are no zlib stream.
    func process(_ bytes: [UInt8], isLast: Bool, emit: ([UInt8]) throws(JournalFailure) -> Void)
        throws(JournalFailure)
    {
        var bytes = bytes
        var left = bytes.count
        var mayHaveMore = true
        while mayHaveMore {
            let (code, produced) = unsafe bytes.withUnsafeMutableBufferPointer { input in
                unsafe room.withUnsafeMutableBufferPointer { output in
                    unsafe step(input, left, output, isLast: isLast)
                }
            }
            let stuck = code == Z_BUF_ERROR && produced == 0
            guard code == Z_OK || code == Z_STREAM_END || stuck else {
                throw JournalFailure("the packed bytes are damaged (zlib \(code)).")
            }
            left = Int(unsafe stream.pointee.avail_in)
            if produced > 0 { try emit(Array(room[..<produced])) }
            isAtEnd = code == Z_STREAM_END
            let isRoomUsedUp = unsafe stream.pointee.avail_out == 0
            mayHaveMore = !stuck && !isAtEnd && (left > 0 || isRoomUsedUp)
        }
        if isAtEnd, left > 0 { throw JournalFailure("\(left) bytes follow the end of the packed bytes.") }
    }

    private func step(
        _ input: UnsafeMutableBufferPointer<UInt8>, _ left: Int, _ output: UnsafeMutableBufferPointer<UInt8>,
        isLast: Bool
    ) -> (Int32, Int) {
        unsafe stream.pointee.next_in = input.baseAddress.map { unsafe $0 + (input.count - left) }
        unsafe stream.pointee.avail_in = UInt32(left)
        unsafe stream.pointee.next_out = output.baseAddress
        unsafe stream.pointee.avail_out = UInt32(output.count)
        let code =
            switch direction {
            case .packing: unsafe deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
            case .unpacking: unsafe inflate(stream, Z_NO_FLUSH)
            }
        return (code, output.count - Int(unsafe stream.pointee.avail_out))
    }
}
