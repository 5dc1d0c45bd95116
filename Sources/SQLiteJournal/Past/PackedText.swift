import Foundation
import TwinRuntime

/// A text as a stored column: packed by zlib, or as it is where an older version of the schema brought it.
enum PackedText {
    private static let firstOfJSON = UInt8(ascii: "{")
    private static let maximumBytes = 64 << 20

    /// Packs a text.
    static func pack(_ text: String) throws(JournalFailure) -> Data {
        var packed = Data()
        try PackedStream(.packing, pieceBytes: 16 * 1024).process(Array(text.utf8), isLast: true) {
            packed.append(contentsOf: $0)
        }
        return packed
    }

    /// Unpacks a column.
    static func unpack(_ column: Data) throws(JournalFailure) -> Data {
        guard column.first != firstOfJSON else { return column }
        var text = Data()
        let stream = try PackedStream(.unpacking, pieceBytes: 16 * 1024)
        try stream.process(Array(column), isLast: true) { piece throws(JournalFailure) in
            guard text.count + piece.count <= maximumBytes else { throw JournalFailure("it is too long.") }
            text.append(contentsOf: piece)
        }
        guard stream.isAtEnd else { throw JournalFailure("it is cut off.") }
        return text
    }
}
