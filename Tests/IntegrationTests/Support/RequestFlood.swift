import AsyncHTTPClient
import Foundation
import NIOCore
import Synchronization

/// Clients that read twins as fast as they are answered, each on a connection of its own.
final class RequestFlood: Sendable {
    private let url: String
    private let lanes: Int
    private let client: HTTPClient
    private let count = Mutex(0)
    private let tasks = Mutex<[Task<Void, Never>]>([])

    init(_ url: String, lanes: Int) {
        self.url = url
        self.lanes = lanes
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = lanes
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    /// How many requests were answered.
    var answered: Int { count.withLock { $0 } }

    func start() {
        let (url, client) = (url, client)
        for _ in 0..<lanes {
            let task = Task {
                while !Task.isCancelled {
                    let request = HTTPClientRequest(url: "\(url)/api/v1/twins?limit=500")
                    guard let response = try? await client.execute(request, timeout: .seconds(30)),
                        (try? await response.body.collect(upTo: 1 << 24)) != nil
                    else { continue }
                    self.count.withLock { $0 += 1 }
                }
            }
            tasks.withLock { $0.append(task) }
        }
    }

    func end() async {
        let tasks = tasks.withLock { $0 }
        for task in tasks { task.cancel() }
        for task in tasks { await task.value }
        try? await client.shutdown()
    }
}

/// Clients that ask for streams, half of them of events and half of the scoreboard, and never read a byte.
final class SlowWatchers: Sendable {
    private let descriptors: [Int32]

    init(count: Int, at url: String) throws {
        guard let port = url.split(separator: ":").last.flatMap({ Int($0) }) else {
            throw Hopeless(description: "\(url) has no port")
        }
        descriptors = (0..<count).map { number in
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
            // Little room, so that what is not read waits at the server soon.
            var room: Int32 = 2048
            unsafe _ = setsockopt(client, SOL_SOCKET, SO_RCVBUF, &room, socklen_t(MemoryLayout<Int32>.size))
            connectToLoopback(client, port)
            let path = number.isMultiple(of: 2) ? "events" : "emergency-stop/stream"
            let request = Array("GET /api/v1/\(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
            unsafe _ = send(client, request, request.count, Int32(MSG_NOSIGNAL))
            return client
        }
    }

    func leave() {
        for descriptor in descriptors { close(descriptor) }
    }
}
