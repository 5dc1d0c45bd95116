import CPostgreSQL

/// The yardstick of benchmarks: libpq as it comes, one connection whose every call blocks.
///
/// Not safe to use from two threads at a time.
@safe
public final class BareConnection {
    private let pointer: OpaquePointer

    /// Connects.
    public init(url: String) throws(PostgresFailure) {
        guard let pointer = unsafe PQconnectdb(url) else { throw PostgresFailure(.unavailable, "no memory is left") }
        unsafe self.pointer = pointer
        guard unsafe PQstatus(pointer) == CONNECTION_OK else { throw failure }
    }

    deinit { unsafe PQfinish(pointer) }

    /// Runs statements without parameters.
    ///
    /// - Returns: The first value of the last statement's rows; `nil` when it is NULL or there is none.
    @discardableResult
    public func run(_ sql: String) throws(PostgresFailure) -> String? {
        let result = unsafe PQexec(pointer, sql)
        defer { unsafe PQclear(result) }
        let status = unsafe PQresultStatus(result)
        guard status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK else { throw failure }
        guard unsafe PQntuples(result) > 0, unsafe PQgetisnull(result, 0, 0) == 0 else { return nil }
        return unsafe String(cString: PQgetvalue(result, 0, 0))
    }

    /// Runs a `COPY … FROM STDIN` with bytes that are ready.
    public func copy(_ sql: String, from pieces: [[UInt8]]) throws(PostgresFailure) {
        let begun = unsafe PQexec(pointer, sql)
        defer { unsafe PQclear(begun) }
        guard unsafe PQresultStatus(begun) == PGRES_COPY_IN else { throw failure }
        for piece in pieces {
            let isTaken = unsafe piece.withUnsafeBytes { bytes in
                let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
                return unsafe PQputCopyData(pointer, start, Int32(bytes.count)) == 1
            }
            guard isTaken else { throw failure }
        }
        guard unsafe PQputCopyEnd(pointer, nil) == 1 else { throw failure }
        let ended = unsafe PQgetResult(pointer)
        defer { unsafe PQclear(ended) }
        guard unsafe PQresultStatus(ended) == PGRES_COMMAND_OK else { throw failure }
        // libpq takes nothing new before it has said that there is no more.
        while let more = unsafe PQgetResult(pointer) { unsafe PQclear(more) }
    }

    private var failure: PostgresFailure {
        PostgresFailure(.refused, unsafe String(cString: PQerrorMessage(pointer)))
    }
}
