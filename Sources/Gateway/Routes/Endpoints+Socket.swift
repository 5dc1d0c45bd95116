import HTTPTypes
import Hummingbird

extension Endpoints {
    /// Answers `GET /api/v1/ws` where it does not become a WebSocket, and says why.
    @Sendable func socket(_ request: Request, _ context: GatewayContext) async throws -> Response {
        if request.headers[.secWebSocketKey] != nil, socketSeats.count >= socketSeats.capacity {
            throw Problem.unavailable(
                "too-many-sockets", "\(socketSeats.capacity) WebSockets are open already; POST works as ever")
        }
        throw Problem.upgradeRequired
    }
}

extension Problem {
    /// The path speaks another protocol.
    fileprivate static let upgradeRequired = Problem(
        status: .upgradeRequired, word: "upgrade-required", title: "This is a WebSocket",
        detail: "ask as the first request of a connection, by RFC 6455: Upgrade: websocket, Connection: Upgrade, "
            + "Sec-WebSocket-Version: 13 and Sec-WebSocket-Key",
        headers: [.upgrade: "websocket", .connection: "Upgrade"])
}
