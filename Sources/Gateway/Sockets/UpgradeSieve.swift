import NIOCore
import NIOHTTP1

/// Stands before NIO's upgrade handler and shows it an `Upgrade` header only when the upgrade will succeed.
///
/// That handler loses a request whose upgrade is refused. Programs ask for `h2c` by default, and what they ask for
/// may be an emergency stop; so to it, such a request is one without the header.
final class UpgradeSieve: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private enum State {
        /// Nothing was asked yet. Next: http, upgraded.
        case first
        case http
        /// What comes now is not HTTP.
        case upgraded
    }

    private let mayUpgrade: (HTTPRequestHead) -> Bool
    private var state = State.first

    /// - Parameter mayUpgrade: Decides on the connection's first request.
    init(_ mayUpgrade: @escaping (HTTPRequestHead) -> Bool) { self.mayUpgrade = mayUpgrade }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state != .upgraded, case .head(var head) = Self.unwrapInboundIn(data) else {
            return context.fireChannelRead(data)
        }
        if state == .first, Self.isHandshake(head), mayUpgrade(head) {
            state = .upgraded
            return context.fireChannelRead(data)
        }
        state = .http
        if head.headers.contains(name: "Upgrade") {
            head.headers.remove(name: "Upgrade")
            // The parser reads nothing behind such a request, so another one would hang unheard.
            head.headers.replaceOrAdd(name: "Connection", value: "close")
        }
        context.fireChannelRead(Self.wrapInboundOut(.head(head)))
    }

    /// Whether a request asks for a WebSocket as RFC 6455, section 4.2.1, wants it.
    private static func isHandshake(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && head.headers["Upgrade"].count == 1
            && head.headers["Upgrade"].first?.lowercased() == "websocket"
            && head.headers[canonicalForm: "Connection"].contains { $0.lowercased() == "upgrade" }
            && head.headers["Sec-WebSocket-Version"] == ["13"] && head.headers["Sec-WebSocket-Key"].count == 1
    }
}
