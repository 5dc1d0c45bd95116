import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// Speaks the HTTP interface of a running Doppel.
struct DoppelClient: Sendable {
    /// The longest answer that is taken, in bytes.
    static let maximumAnswerBytes = 64 * 1024 * 1024
    /// How long an answer may take beyond what the server was asked to wait, in seconds.
    static let patienceSeconds: Int64 = 15

    /// An answer that is no refusal.
    struct Answer: Sendable {
        /// The HTTP status, 200 to 299.
        var status: Int
        /// The body as it came.
        var bytes: [UInt8]
        /// The body as JSON.
        var value: WireValue
        /// The revision of what was answered, as the server tags it.
        var tag: String?
    }

    /// What a request says besides its path.
    private struct Content {
        /// The body as JSON; `nil` for none.
        var body: [UInt8]?
        /// What the body is announced as.
        var type = "application/json"
        /// The tag that what is changed must still have.
        var match: String?
        /// For how many seconds the server may wait for the end.
        var wait = 0
        /// The caller's key for an order; the same key gets the same answer.
        var key: String?
    }

    /// How long a connection may take, in seconds.
    static let connectPatienceSeconds: Int64 = 5

    /// A client that says at once when nobody listens, instead of trying again until the deadline.
    ///
    /// It lives as long as the program, so nobody has to shut it down.
    private static let impatient: HTTPClient = {
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .seconds(connectPatienceSeconds)
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    private let base: String
    private let http: HTTPClient

    /// Addresses one Doppel, such as `http://127.0.0.1:8080`.
    init(url: String) {
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        http = Self.impatient
    }

    /// Asks for something.
    func get(_ path: String) async throws(ClientFailure) -> Answer { try await ask(.GET, path, Content()) }

    /// Asks for something to be done; `wait` is for how many seconds the server may wait for its end, `key` is the
    /// caller's own for an order.
    func post(
        _ path: String, _ body: [UInt8]?, wait: Int = 0, key: String? = nil
    ) async throws(ClientFailure) -> Answer {
        try await ask(.POST, path, Content(body: body, wait: wait, key: key))
    }

    /// Puts something in its place.
    func put(_ path: String, _ body: [UInt8]) async throws(ClientFailure) -> Answer {
        try await ask(.PUT, path, Content(body: body))
    }

    /// Changes a document by a merge patch; `match` is the tag of the document that the change was decided on.
    func patch(_ path: String, _ body: [UInt8], match: String?) async throws(ClientFailure) -> Answer {
        try await ask(.PATCH, path, Content(body: body, type: "application/merge-patch+json", match: match))
    }

    /// Takes something away.
    func delete(_ path: String) async throws(ClientFailure) -> Answer { try await ask(.DELETE, path, Content()) }

    /// Follows the event stream, event by event, until the server ends it.
    func follow(
        _ path: String, _ take: (ServerEvent) -> Void
    ) async throws(ClientFailure) {
        var request = HTTPClientRequest(url: base + path)
        request.headers.add(name: "Accept", value: "text/event-stream")
        do {
            // The head must come soon; the events may come at any time after it.
            let response = try await http.execute(request, deadline: .distantFuture)
            guard response.status == .ok else {
                throw Self.refusal(response.status, try await Self.bytes(of: response))
            }
            var parser = EventStreamParser()
            for try await chunk in response.body {
                for event in parser.take(chunk.readableBytesView) { take(event) }
            }
        } catch let failure as ClientFailure {
            throw failure
        } catch {
            throw .unreachable(url: base, reason: Self.words(for: error))
        }
    }

    /// Takes a file part by part, as it comes, however long it is.
    ///
    /// - Throws: ``ClientFailure/unreachable(url:reason:)`` also where the connection broke before the end.
    func download(
        _ path: String, type: String, _ take: ([UInt8]) -> Void
    ) async throws(ClientFailure) {
        var request = HTTPClientRequest(url: base + path)
        request.headers.add(name: "Accept", value: type)
        do {
            let response = try await http.execute(request, deadline: .distantFuture)
            guard response.status == .ok else {
                throw Self.refusal(response.status, try await Self.bytes(of: response))
            }
            for try await chunk in response.body { take(Array(chunk.readableBytesView)) }
        } catch let failure as ClientFailure {
            throw failure
        } catch {
            throw .unreachable(url: base, reason: Self.words(for: error))
        }
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, _ content: Content
    ) async throws(ClientFailure) -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        request.headers.add(name: "Accept", value: "application/json")
        if let body = content.body {
            request.headers.add(name: "Content-Type", value: content.type)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        if let match = content.match { request.headers.add(name: "If-Match", value: match) }
        if let key = content.key { request.headers.add(name: "Idempotency-Key", value: key) }
        if content.wait > 0 { request.headers.add(name: "Prefer", value: "wait=\(content.wait)") }
        let status: HTTPResponseStatus
        let bytes: [UInt8]
        let tag: String?
        do {
            let patience = Int64(content.wait) + Self.patienceSeconds
            let response = try await http.execute(request, timeout: .seconds(patience))
            status = response.status
            tag = response.headers.first(name: "ETag")
            bytes = try await Self.bytes(of: response)
        } catch {
            throw .unreachable(url: base, reason: Self.words(for: error))
        }
        guard (200..<300).contains(status.code) else { throw Self.refusal(status, bytes) }
        do {
            return Answer(status: Int(status.code), bytes: bytes, value: try WireValue(json: bytes), tag: tag)
        } catch {
            throw .incomprehensible(url: base, detail: "status \(status.code) without JSON")
        }
    }

    private static func bytes(of response: HTTPClientResponse) async throws -> [UInt8] {
        Array((try await response.body.collect(upTo: maximumAnswerBytes)).readableBytesView)
    }

    private static func refusal(_ status: HTTPResponseStatus, _ bytes: [UInt8]) -> ClientFailure {
        .refused(ClientFailure.Refusal(status: Int(status.code), document: try? WireValue(json: bytes)))
    }

    /// What went wrong on the way, in words rather than in the names of Swift types.
    private static func words(for error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout || error == .deadlineExceeded:
            return "no answer in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed: return "the connection was closed"
        case let error as HTTPClientError where error == .invalidURL || error == .emptyHost || error == .emptyScheme:
            return "that is no URL; it looks like http://127.0.0.1:8080"
        default:
            let text = "\(error)"
            return text.contains("ECONNREFUSED") || text.lowercased().contains("connection refused")
                ? "nobody listens there" : text
        }
    }
}
