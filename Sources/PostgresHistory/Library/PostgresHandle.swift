import CPostgreSQL

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The one owner of a `PGconn *`: one handle is one connection, from its first packet to its last.
///
/// It is made, and brought up step by step, on worker threads, because libpq resolves names, reads certificates and
/// computes proofs of passwords synchronously there; then it belongs to the loop. No two threads ever touch it at
/// once. Letting go of it closes the connection, once.
@safe
final class PostgresHandle: @unchecked Sendable {
    /// What bringing a connection up waits for.
    enum Progress: Sendable {
        case reading, writing, up
        case failed(String)
    }

    /// A message to everybody who listens to a channel.
    struct Notification: Sendable, Equatable {
        let channel: String
        let payload: String
    }

    /// The most notices kept between two looks.
    static let maximumNotices = 16
    /// The oldest server that Doppel works with, as libpq counts.
    static let oldestServer: Int32 = 130_000

    private let pointer: OpaquePointer
    private var secrets: [String]
    /// What the server remarked, without passwords, at most ``maximumNotices``.
    private var notices: [String] = []

    /// Begins to connect.
    ///
    /// Blocks, so it runs on a worker thread.
    ///
    /// - Throws: Why libpq does not even begin, for a person to read.
    init(connecting address: PostgresAddress, turn: Int) throws(PostgresFailure) {
        secrets = address.secrets
        let parameters = address.connectionParameters(turn: turn)
        let pointer = unsafe withPointers(to: parameters.map(\.name)) { names in
            unsafe withPointers(to: parameters.map(\.value)) { values in unsafe PQconnectStartParams(names, values, 0) }
        }
        guard let pointer = unsafe pointer else { throw PostgresFailure(.unavailable, "libpq is out of memory") }
        unsafe self.pointer = pointer
        if let password = unsafe PQpass(pointer) { unsafe secrets.append(String(cString: password)) }
        unsafe _ = PQsetNoticeProcessor(pointer, noteNotice, Unmanaged.passUnretained(self).toOpaque())
        guard unsafe PQstatus(pointer) != CONNECTION_BAD else { throw PostgresFailure(.unavailable, errorMessage) }
    }

    deinit { unsafe PQfinish(pointer) }

    /// Takes the next step towards being up.
    ///
    /// Blocks now and then, and may exchange the socket, so it runs on a worker thread while nobody watches the socket.
    func proceed() -> Progress {
        switch unsafe PQconnectPoll(pointer) {
        case PGRES_POLLING_OK:
            // Only from now on: while connecting libpq does as it must by itself.
            return unsafe PQsetnonblocking(pointer, 1) == 0 ? .up : .failed(errorMessage)
        case PGRES_POLLING_READING: return .reading
        case PGRES_POLLING_WRITING: return .writing
        default:
            let isPasswordMissing = unsafe PQconnectionNeedsPassword(pointer) == 1
            return .failed(
                errorMessage + (isPasswordMissing ? "; the server wants a password: write one into the URL" : ""))
        }
    }

    /// A descriptor of the socket for somebody else to watch and to close, or `nil` when there is none any more.
    ///
    /// A duplicate, because libpq closes its own whenever it finds the connection broken, and a descriptor that the
    /// loop watches must outlive the watching.
    func duplicateDescriptor() -> Int32? {
        let descriptor = unsafe PQsocket(pointer)
        guard descriptor >= 0 else { return nil }
        let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        return duplicate >= 0 ? duplicate : nil
    }

    /// Whether no more traffic is possible.
    var isBroken: Bool { unsafe PQstatus(pointer) == CONNECTION_BAD }
    /// The server's version as libpq counts: 150018 is 15.18.
    var serverVersion: Int32 { unsafe PQserverVersion(pointer) }
    /// The number of the server's process that serves this connection.
    var backend: Int32 { unsafe PQbackendPID(pointer) }
    /// Whether the connection is encrypted.
    var isSecured: Bool { unsafe PQsslInUse(pointer) == 1 }
    /// Whether no transaction is open.
    var isIdle: Bool { unsafe PQtransactionStatus(pointer) == PQTRANS_IDLE }
    /// Whether a transaction is open, failed or not.
    var isInTransaction: Bool {
        let status = unsafe PQtransactionStatus(pointer)
        return status == PQTRANS_INTRANS || status == PQTRANS_INERROR
    }

    /// What libpq complained of last, without passwords.
    var errorMessage: String {
        let text = unsafe PQerrorMessage(pointer).map { unsafe trimmed(String(cString: $0)) } ?? ""
        return text.isEmpty ? "libpq gives no reason" : redact(text)
    }

    /// A text without any password in it.
    func redact(_ text: String) -> String { PostgresAddress.redact(text, secrets) }

    /// Takes what the socket has.
    ///
    /// - Returns: Whether the connection still stands.
    func consume() -> Bool {
        guard unsafe PQconsumeInput(pointer) == 1 else { return false }
        // libpq reads a part of a TLS record where the rest does not fit, and no poll shows the rest.
        return unsafe PQsslInUse(pointer) == 0 || PQconsumeInput(pointer) == 1
    }

    /// Writes what waits.
    ///
    /// - Returns: Whether something is left; `nil` when the connection is broken.
    func flush() -> Bool? {
        switch unsafe PQflush(pointer) {
        case 0: false
        case 1: true
        default: nil
        }
    }

    /// Takes what the server remarked.
    func takeNotices() -> [String] {
        defer { notices = [] }
        return notices
    }

    /// Takes the next notification that was read.
    func nextNotification() -> Notification? {
        guard let note = unsafe PQnotifies(pointer) else { return nil }
        defer { unsafe PQfreemem(note) }
        return unsafe Notification(
            channel: String(cString: note.pointee.relname), payload: String(cString: note.pointee.extra))
    }

    fileprivate func noted(_ text: String) {
        if notices.count < Self.maximumNotices { notices.append(redact(trimmed(text))) }
    }

    // MARK: Statements

    func enterPipeline() -> Bool { unsafe PQenterPipelineMode(pointer) == 1 }
    func exitPipeline() -> Bool { unsafe PQexitPipelineMode(pointer) == 1 }
    func endPipelineSection() -> Bool { unsafe PQpipelineSync(pointer) == 1 }

    /// Queues a statement whose result is wanted in binary.
    func send(_ sql: String, _ values: [PostgresValue]) -> Bool {
        var buffer: [UInt8] = []
        var starts: [Int] = []
        for value in values {
            starts.append(buffer.count)
            buffer += value.wireBytes ?? []
        }
        let types = values.map(\.type)
        let lengths = zip(starts, starts.dropFirst() + [buffer.count]).map { Int32($1 - $0) }
        // An empty array may have no address, and an address is what tells an empty value from NULL.
        buffer.append(0)
        let formats = values.map { Int32($0.isBinary ? 1 : 0) }
        return unsafe buffer.withUnsafeBufferPointer { buffer in
            var pointers: [UnsafePointer<CChar>?] = unsafe []
            for (value, start) in zip(values, starts) {
                let address = unsafe buffer.baseAddress.map { unsafe UnsafeRawPointer($0 + start) }
                unsafe pointers.append(value == .null ? nil : address?.assumingMemoryBound(to: CChar.self))
            }
            return unsafe PQsendQueryParams(
                pointer, sql, Int32(values.count), types, pointers, lengths, formats, 1) == 1
        }
    }

    /// Sends statements without parameters, or a COPY.
    func send(_ sql: String) -> Bool { unsafe PQsendQuery(pointer, sql) == 1 }

    /// Whether the next result is not there yet.
    var isBusy: Bool { unsafe PQisBusy(pointer) == 1 }

    /// The next result; `nil` when the statement has no more.
    ///
    /// Only while not ``isBusy``, or it would block.
    func nextResult() -> PostgresRows? { unsafe PQgetResult(pointer).map { unsafe PostgresRows($0) } }

    /// Queues data of a COPY.
    func put(_ data: ArraySlice<UInt8>) -> Bool {
        unsafe data.withUnsafeBytes { bytes in
            unsafe PQputCopyData(pointer, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
                == 1
        }
    }

    /// Queues the end of a COPY.
    func endCopy() -> Bool { unsafe PQputCopyEnd(pointer, nil) == 1 }
}

/// Calls with the texts as C wants them: an array of pointers that ends with a null pointer.
private func withPointers<Result>(
    to texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
) -> Result {
    let copies = unsafe texts.map { unsafe strdup($0) }
    defer { unsafe copies.forEach { unsafe free($0) } }
    let pointers = unsafe copies.map { unsafe UnsafePointer($0) } + [nil]
    return unsafe pointers.withUnsafeBufferPointer { unsafe body($0.baseAddress) }
}

/// libpq's notice processor.
///
/// Runs inside a call into libpq, on the thread that made it; the handle outlives libpq's structure.
private func noteNotice(_ context: UnsafeMutableRawPointer?, _ text: UnsafePointer<CChar>?) {
    guard let context = unsafe context, let text = unsafe text else { return }
    unsafe Unmanaged<PostgresHandle>.fromOpaque(context).takeUnretainedValue().noted(String(cString: text))
}
