public import TwinCore

/// Writes rows for `COPY … FROM STDIN (FORMAT binary)`.
///
/// A value: header, rows and trailer, cut into pieces of about ``pieceBytes``. Every row must have as many fields as
/// the writer was made for, in the order and of exactly the types of the columns: binary `COPY` converts nothing.
///
/// ```swift
/// var writer = CopyWriter(columns: 2)
/// writer.beginRow()
/// writer.integer4(7)
/// writer.time(sample.eventTime)
/// let pieces = writer.finish()
/// ```
public struct CopyWriter: Sendable {
    /// How long a piece gets before the next one begins, in bytes.
    public static let pieceBytes = 65_536
    /// What every binary COPY begins with: its signature, no flags, no extension.
    static let header: [UInt8] =
        Array("PGCOPY\n".utf8) + [0xFF] + Array("\r\n".utf8) + [0] + [0, 0, 0, 0] + [0, 0, 0, 0]

    /// How many rows were begun.
    public private(set) var rows = 0
    /// How many bytes were written.
    public private(set) var byteCount: Int
    private let columns: Int
    private var missing = 0
    private var pieces: [[UInt8]] = []
    private var piece: [UInt8]

    /// Begins with the header.
    ///
    /// - Parameter columns: How many fields each row has.
    public init(columns: Int) {
        precondition((1...1_600).contains(columns), "a table of PostgreSQL has 1 to 1,600 columns")
        self.columns = columns
        piece = Self.header
        byteCount = Self.header.count
    }

    /// Begins a row; the one before must be whole.
    public mutating func beginRow() {
        precondition(missing == 0, "a row of COPY lacks \(missing) of its fields")
        if piece.count >= Self.pieceBytes {
            pieces.append(piece)
            piece = []
            piece.reserveCapacity(Self.pieceBytes + Self.pieceBytes / 8)
        }
        rows += 1
        missing = columns
        append(Int16(columns))
    }

    /// NULL.
    public mutating func null() { field(-1) }

    /// `boolean`.
    public mutating func boolean(_ isTrue: Bool) {
        field(1)
        append(UInt8(isTrue ? 1 : 0))
    }

    /// `smallint`.
    public mutating func integer2(_ number: Int16) {
        field(2)
        append(number)
    }

    /// `integer`.
    public mutating func integer4(_ number: Int32) {
        field(4)
        append(number)
    }

    /// `bigint`.
    public mutating func integer8(_ number: Int64) {
        field(8)
        append(number)
    }

    /// `real`.
    public mutating func float(_ number: Float) {
        field(4)
        append(number.bitPattern)
    }

    /// `double precision`.
    public mutating func double(_ number: Double) {
        field(8)
        append(number.bitPattern)
    }

    /// `text`, `varchar` or `json`; U+0000, which PostgreSQL cannot hold, becomes U+FFFD.
    public mutating func text(_ text: String) {
        var text = text
        if text.utf8.contains(0) { text = String(text.map { $0 == "\0" ? "\u{FFFD}" : $0 }) }
        let utf8 = text.utf8
        field(Int32(utf8.count))
        piece.append(contentsOf: utf8)
        byteCount += utf8.count
    }

    /// `jsonb`, from its text.
    public mutating func binaryJSON(_ text: String) {
        let utf8 = text.utf8
        field(Int32(utf8.count + 1))
        append(UInt8(1))
        piece.append(contentsOf: utf8)
        byteCount += utf8.count
    }

    /// `bytea`.
    public mutating func bytes(_ bytes: [UInt8]) {
        field(Int32(bytes.count))
        piece.append(contentsOf: bytes)
        byteCount += bytes.count
    }

    /// `timestamptz`.
    public mutating func time(_ time: UnixTime) {
        field(8)
        append(PostgresTime.microseconds(time))
    }

    /// Ends with the trailer, and hands over the pieces.
    public consuming func finish() -> [[UInt8]] {
        precondition(missing == 0, "the last row of COPY lacks \(missing) of its fields")
        append(Int16(-1))
        return pieces + [piece]
    }

    private mutating func field(_ length: Int32) {
        precondition(missing > 0, "a row of COPY has more than its \(columns) fields")
        missing -= 1
        append(length)
    }

    private mutating func append<Number: FixedWidthInteger>(_ number: Number) {
        WireBytes.append(number, to: &piece)
        byteCount += Number.bitWidth / 8
    }
}
