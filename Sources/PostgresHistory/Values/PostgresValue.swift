public import TwinCore

/// One parameter of a statement.
///
/// Numbers, times, bytes and arrays travel in binary under a type of their own; a text travels as text, and the server
/// takes it for whatever its place in the statement asks for (`text`, `jsonb`, `uuid`, an enumeration …).
public enum PostgresValue: Sendable, Equatable {
    /// NULL of whatever type is asked for.
    case null
    /// `boolean`.
    case boolean(Bool)
    /// `bigint`; assigned to a smaller column the server checks that it fits.
    case integer(Int64)
    /// `double precision`.
    case double(Double)
    /// A text, or the text form of anything else; must not contain NUL.
    case text(String)
    /// `bytea`.
    case bytes([UInt8])
    /// `timestamptz`.
    case time(UnixTime)
    /// `bigint[]`, for `= ANY($1)` and `unnest`.
    case integers([Int64])
    /// `text[]`, for `= ANY($1)` and `unnest`.
    case texts([String])

    /// A text or NULL.
    public static func text(_ text: String?) -> Self { text.map { .text($0) } ?? .null }
    /// A number or NULL.
    public static func integer(_ number: Int64?) -> Self { number.map { .integer($0) } ?? .null }
    /// A number or NULL.
    public static func double(_ number: Double?) -> Self { number.map { .double($0) } ?? .null }
    /// A time or NULL.
    public static func time(_ time: UnixTime?) -> Self { time.map { .time($0) } ?? .null }

    /// The type it is sent under; 0 where the server decides.
    var type: UInt32 {
        switch self {
        case .null, .text: 0
        case .boolean: PostgresType.boolean
        case .integer: PostgresType.integer8
        case .double: PostgresType.double
        case .bytes: PostgresType.bytes
        case .time: PostgresType.timestampWithZone
        case .integers: PostgresType.integer8Array
        case .texts: PostgresType.textArray
        }
    }

    /// Whether it is sent in binary.
    var isBinary: Bool {
        switch self {
        case .null, .text: false
        case .boolean, .integer, .double, .bytes, .time, .integers, .texts: true
        }
    }

    /// Whether it is a text that PostgreSQL cannot hold.
    var holdsNUL: Bool {
        switch self {
        case .text(let text): text.utf8.contains(0)
        case .texts(let texts): texts.contains { $0.utf8.contains(0) }
        case .null, .boolean, .integer, .double, .bytes, .time, .integers: false
        }
    }

    /// The bytes as they travel; `nil` for NULL.
    ///
    /// A text ends with NUL, as libpq wants it.
    var wireBytes: [UInt8]? {
        switch self {
        case .null: return nil
        case .boolean(let isTrue): return [isTrue ? 1 : 0]
        case .integer(let number): return WireBytes.of(number)
        case .double(let number): return WireBytes.of(number.bitPattern)
        case .text(let text): return Array(text.utf8) + [0]
        case .bytes(let bytes): return bytes
        case .time(let time): return WireBytes.of(PostgresTime.microseconds(time))
        case .integers(let numbers):
            return WireBytes.array(of: PostgresType.integer8, numbers) { WireBytes.of($0) }
        case .texts(let texts): return WireBytes.array(of: PostgresType.text, texts) { Array($0.utf8) }
        }
    }
}

/// The numbers that PostgreSQL's own types have in every installation (`pg_type.dat`).
enum PostgresType {
    static let boolean: UInt32 = 16
    static let bytes: UInt32 = 17
    static let name: UInt32 = 19
    static let integer8: UInt32 = 20
    static let integer2: UInt32 = 21
    static let integer4: UInt32 = 23
    static let text: UInt32 = 25
    static let oid: UInt32 = 26
    static let json: UInt32 = 114
    static let float: UInt32 = 700
    static let double: UInt32 = 701
    static let unknown: UInt32 = 705
    static let textArray: UInt32 = 1009
    static let integer8Array: UInt32 = 1016
    static let paddedCharacters: UInt32 = 1042
    static let variableCharacters: UInt32 = 1043
    static let date: UInt32 = 1082
    static let timestampWithZone: UInt32 = 1184
    static let uuid: UInt32 = 2950
    static let binaryJSON: UInt32 = 3802
}

/// PostgreSQL's time: microseconds since 2000-01-01 UTC.
enum PostgresTime {
    /// 2000-01-01 in seconds since 1970-01-01.
    static let epochSeconds: Int64 = 946_684_800

    /// A time as PostgreSQL counts; what it cannot hold becomes its `infinity` or `-infinity`.
    static func microseconds(_ time: UnixTime) -> Int64 {
        let (sinceEpoch, low) = time.milliseconds.subtractingReportingOverflow(epochSeconds * 1_000)
        let (microseconds, high) = sinceEpoch.multipliedReportingOverflow(by: 1_000)
        return low || high ? (time.milliseconds < 0 ? .min : .max) : microseconds
    }

    /// The whole milliseconds of PostgreSQL's time, rounded down.
    static func unixTime(_ microseconds: Int64) -> UnixTime {
        let (whole, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000)
        return UnixTime(milliseconds: whole - (rest < 0 ? 1 : 0) + epochSeconds * 1_000)
    }
}

/// Numbers and arrays in the order of bytes that travels.
enum WireBytes {
    /// A number, the most significant byte first.
    static func of<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        var bytes: [UInt8] = []
        append(number, to: &bytes)
        return bytes
    }

    /// Adds a number, the most significant byte first.
    static func append<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        unsafe withUnsafeBytes(of: number.bigEndian) { unsafe bytes.append(contentsOf: $0) }
    }

    /// An array of one dimension without NULLs.
    static func array<Element>(of type: UInt32, _ elements: [Element], _ encode: (Element) -> [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        append(Int32(elements.isEmpty ? 0 : 1), to: &bytes)
        append(Int32(0), to: &bytes)
        append(type, to: &bytes)
        guard !elements.isEmpty else { return bytes }
        append(Int32(elements.count), to: &bytes)
        append(Int32(1), to: &bytes)
        for element in elements {
            let encoded = encode(element)
            append(Int32(encoded.count), to: &bytes)
            bytes += encoded
        }
        return bytes
    }
}
