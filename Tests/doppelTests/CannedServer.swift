import Foundation
import Glibc
import Synchronization

@testable import doppel

/// An HTTP server that gives the answers it was told, one a connection, and keeps the requests.
final class CannedServer: Sendable {
    struct Answer: Sendable {
        var status: String
        var type: String
        var body: String

        init(_ status: String, _ type: String, _ body: String) {
            self.status = status
            self.type = type
            self.body = body
        }

        static func json(_ body: String) -> Answer { Answer("200 OK", "application/json", body) }
    }

    struct NoPort: Error {}

    let port: Int
    private let kept = Mutex<[String]>([])

    /// The requests so far, whole.
    var requests: [String] { kept.withLock { $0 } }

    init(_ answers: [Answer]) throws {
        let (listener, port) = try Self.listen()
        self.port = port
        let thread = Thread { [kept = Kept(self)] in
            for answer in answers {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { break }
                kept.server?.serve(connection, answer)
                close(connection)
            }
            close(listener)
        }
        thread.start()
    }

    /// Lets the thread go when the test lets go of the server.
    private struct Kept: Sendable {
        weak let server: CannedServer?
        init(_ server: CannedServer) { self.server = server }
    }

    private func serve(_ connection: Int32, _ answer: Answer) {
        var request: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !Self.isWhole(request) {
            let count = unsafe read(connection, &buffer, buffer.count)
            guard count > 0 else { return }
            request += buffer.prefix(count)
        }
        let text = String(decoding: request, as: UTF8.self)
        kept.withLock { $0.append(text) }
        let bytes = Array(
            "HTTP/1.1 \(answer.status)\r\nContent-Type: \(answer.type)\r\nContent-Length: \(answer.body.utf8.count)\r\nConnection: close\r\n\r\n\(answer.body)"
                .utf8)
        _ = unsafe send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    private static func isWhole(_ request: [UInt8]) -> Bool {
        let text = String(decoding: request, as: UTF8.self)
        guard let end = text.range(of: "\r\n\r\n") else { return false }
        let length = text[..<end.lowerBound].lowercased().split(separator: "\r\n")
            .first { $0.hasPrefix("content-length: ") }.flatMap { Int($0.dropFirst("content-length: ".count)) }
        return text[end.upperBound...].utf8.count >= (length ?? 0)
    }

    private static func listen() throws -> (descriptor: Int32, port: Int) {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                guard unsafe bind(descriptor, generic, length) == 0, Glibc.listen(descriptor, 8) == 0 else { return -1 }
                return unsafe Int(getsockname(descriptor, generic, &length))
            }
        }
        guard result == 0 else { throw NoPort() }
        return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
    }
}
