/// One part of a transaction.
public enum PostgresStep: Sendable {
    /// One statement with its parameters; it has a result.
    case statement(String, [PostgresValue])
    /// Statements without parameters, separated by semicolons; without a result.
    case script(String)
    /// `COPY … FROM STDIN` and its data, in pieces cut anywhere; the result says how many rows were stored.
    case copy(String, [[UInt8]])

    /// A statement without parameters.
    public static func statement(_ sql: String) -> Self { .statement(sql, []) }

    /// Why it cannot be sent; `nil` when it can.
    var flaw: String? {
        switch self {
        case .statement(let sql, let values):
            if values.contains(where: \.holdsNUL) {
                return "a text holds a NUL character, which PostgreSQL cannot store"
            }
            if values.count > Self.maximumParameters {
                return "a statement takes \(Self.maximumParameters) parameters at most, not \(values.count)"
            }
            return Self.flaw(of: sql)
        case .script(let sql), .copy(let sql, _): return Self.flaw(of: sql)
        }
    }

    /// The most parameters that the protocol can count.
    static let maximumParameters = 65_535

    private static func flaw(of sql: String) -> String? {
        sql.utf8.contains(0) ? "a statement holds a NUL character" : nil
    }
}
