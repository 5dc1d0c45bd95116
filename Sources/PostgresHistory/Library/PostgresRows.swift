import CPostgreSQL
public import TwinCore

/// What a statement answered: rows of named columns, in binary.
///
/// The rows stay in libpq's memory and are decoded when asked for, on whatever thread asks; nothing of them changes
/// any more. A column of a type that is not decoded here (`numeric` …) is cast in the statement.
@safe
public final class PostgresRows: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { unsafe self.pointer = pointer }

    deinit { unsafe PQclear(pointer) }

    /// How many rows there are.
    public var count: Int { unsafe Int(PQntuples(pointer)) }
    /// The columns' names.
    public var columns: [String] {
        unsafe (0..<PQnfields(pointer)).map { unsafe String(cString: PQfname(pointer, $0)) }
    }

    /// What the server calls that which it did, such as `INSERT 0 5`.
    public var command: String { unsafe String(cString: PQcmdStatus(pointer)) }

    /// How many rows the statement changed, returned or copied; 0 where that means nothing.
    public var affected: Int { unsafe Int(String(cString: PQcmdTuples(pointer))) ?? 0 }

    /// Whether a value is NULL.
    public func isNull(_ row: Int, _ column: Int) -> Bool {
        precondition(row >= 0 && row < count, "there is no row \(row)")
        unsafe precondition(column >= 0 && column < Int(PQnfields(pointer)), "there is no column \(column)")
        return unsafe PQgetisnull(pointer, Int32(row), Int32(column)) == 1
    }

    /// A whole number: `smallint`, `integer`, `bigint`, `oid`; `nil` for NULL.
    public func integer(_ row: Int, _ column: Int) throws(PostgresFailure) -> Int64? {
        guard let number = bigEndian(at: row, column) else { return nil }
        switch type(of: column) {
        case PostgresType.integer2: return Int64(Int16(truncatingIfNeeded: number))
        case PostgresType.integer4: return Int64(Int32(truncatingIfNeeded: number))
        case PostgresType.oid: return Int64(number)
        case PostgresType.integer8: return Int64(bitPattern: number)
        default: throw mismatch(column, "a whole number")
        }
    }

    /// A number: `real`, `double precision` or a whole one; `nil` for NULL.
    public func double(_ row: Int, _ column: Int) throws(PostgresFailure) -> Double? {
        guard let number = bigEndian(at: row, column) else { return nil }
        switch type(of: column) {
        case PostgresType.double: return Double(bitPattern: number)
        case PostgresType.float: return Double(Float(bitPattern: UInt32(truncatingIfNeeded: number)))
        default: return try integer(row, column).map { Double($0) }
        }
    }

    /// A `boolean`; `nil` for NULL.
    public func boolean(_ row: Int, _ column: Int) throws(PostgresFailure) -> Bool? {
        guard let number = bigEndian(at: row, column) else { return nil }
        guard type(of: column) == PostgresType.boolean else { throw mismatch(column, "true or false") }
        return number != 0
    }

    /// A text: `text`, `varchar`, `char`, `name`, `json`, `jsonb`, `uuid`; `nil` for NULL.
    public func text(_ row: Int, _ column: Int) throws(PostgresFailure) -> String? {
        guard let bytes = bytes(at: row, column) else { return nil }
        switch type(of: column) {
        case PostgresType.text, PostgresType.variableCharacters, PostgresType.paddedCharacters, PostgresType.name,
            PostgresType.json, PostgresType.unknown:
            return String(decoding: bytes, as: UTF8.self)
        case PostgresType.binaryJSON: return String(decoding: bytes.dropFirst(), as: UTF8.self)
        case PostgresType.uuid: return uuid(bytes)
        default: throw mismatch(column, "a text")
        }
    }

    /// A `bytea`; `nil` for NULL.
    public func bytes(_ row: Int, _ column: Int) throws(PostgresFailure) -> [UInt8]? {
        guard let bytes = bytes(at: row, column) else { return nil }
        guard type(of: column) == PostgresType.bytes else { throw mismatch(column, "bytes") }
        return bytes
    }

    /// A `timestamptz` or `date`, in milliseconds, rounded down; `nil` for NULL.
    public func time(_ row: Int, _ column: Int) throws(PostgresFailure) -> UnixTime? {
        guard let number = bigEndian(at: row, column) else { return nil }
        switch type(of: column) {
        case PostgresType.timestampWithZone: return PostgresTime.unixTime(Int64(bitPattern: number))
        case PostgresType.date:
            let days = Int64(Int32(truncatingIfNeeded: number))
            return UnixTime(milliseconds: (days * 86_400 + PostgresTime.epochSeconds) * 1_000)
        default: throw mismatch(column, "a time")
        }
    }

    // MARK: For the link

    var status: ExecStatusType { unsafe PQresultStatus(pointer) }

    /// What the server said no to; only where ``status`` is an error.
    func failure(_ redact: (String) -> String) -> PostgresFailure {
        // Message, detail and hint; libpq's names for them (PG_DIAG_…) are characters in C, which Swift does not see.
        let parts = ["M", "D", "H"].compactMap(field)
        let whole = unsafe trimmed(String(cString: PQresultErrorMessage(pointer)))
        let message = parts.isEmpty ? whole : parts.joined(separator: "; ")
        return PostgresFailure(.refused, sqlState: field("C"), redact(message))
    }

    private func field(_ code: Unicode.Scalar) -> String? {
        unsafe PQresultErrorField(pointer, Int32(code.value)).map { unsafe String(cString: $0) }
    }

    private func type(of column: Int) -> UInt32 { unsafe PQftype(pointer, Int32(column)) }

    private func bytes(at row: Int, _ column: Int) -> [UInt8]? {
        guard !isNull(row, column), let start = unsafe PQgetvalue(pointer, Int32(row), Int32(column)) else {
            return nil
        }
        let length = unsafe Int(PQgetlength(pointer, Int32(row), Int32(column)))
        return unsafe Array(UnsafeRawBufferPointer(start: start, count: length))
    }

    /// The number that a value's bytes are, the most significant first, without a copy; `nil` for NULL.
    private func bigEndian(at row: Int, _ column: Int) -> UInt64? {
        guard !isNull(row, column), let start = unsafe PQgetvalue(pointer, Int32(row), Int32(column)) else {
            return nil
        }
        let length = unsafe Int(PQgetlength(pointer, Int32(row), Int32(column)))
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: length)
        return unsafe bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func uuid(_ bytes: [UInt8]) -> String {
        let digits = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }

    private func mismatch(_ column: Int, _ wanted: String) -> PostgresFailure {
        PostgresFailure(
            .misused, "column \"\(columns[column])\" is of type number \(type(of: column)), not \(wanted)")
    }
}
