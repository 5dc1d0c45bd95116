import NIOCore
import NIOWebSocket
import ServiceLifecycle
import TwinRuntime

/// What is said over one WebSocket, from its opening to its end.
struct SocketConversation: Sendable {
    /// The connection.
    let connection: any Channel
    /// Who answers.
    let endpoints: Endpoints
    /// Held as long as the connection stands.
    let seat: WatcherSeats.Seat

    private typealias Outbound = NIOAsyncChannelOutboundWriter<WebSocketFrame>

    /// Hears and speaks until either side has enough.
    func hold(over channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>) async {
        let listener = SocketListener(
            endpoints: endpoints, outbox: Outbox(), caller: "ws:\(connection.remoteAddress?.ipAddress ?? "unknown")")
        let outbox = listener.outbox
        try? await channel.executeThenClose { inbound, outbound in
            async let _: Void = outbox.beat(every: endpoints.heartbeat, over: connection)
            async let _: Void = outbox.endOnShutdown()
            async let writing: Void = write(listener, to: outbound)
            let ending = await hear(inbound, listener, outbound)
            outbox.end()
            try await writing
            try await close(outbound, ending)
        }
    }

    /// Takes frames until the client is done.
    ///
    /// - Returns: What the client is told at the end.
    private func hear(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>, _ listener: SocketListener, _ outbound: Outbound
    ) async -> WebSocketErrorCode {
        do {
            for try await frame in inbound {
                listener.outbox.noteProgress()
                switch frame.opcode {
                case .text, .binary:
                    let isText = frame.opcode == .text
                    guard await listener.hear(frame.unmaskedData, isText: isText) else { return .policyViolation }
                case .ping:
                    try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
                case .connectionClose: return .normalClosure
                default: break
                }
            }
            return .goingAway
        } catch let error as NIOWebSocketFrameAggregator.Error {
            return error == .accumulatedFrameSizeIsTooLarge || error == .tooManyFragments
                ? .messageTooLarge : .protocolError
        } catch is MaskGuard.UnmaskedFrame {
            return .protocolError
        } catch {
            return .goingAway
        }
    }

    /// Writes what waits until the end of the outbox.
    private func write(_ listener: SocketListener, to outbound: Outbound) async throws {
        while let item = await listener.outbox.next() {
            if case .heartbeat = item {
                try await outbound.write(WebSocketFrame(fin: true, opcode: .ping, data: ByteBuffer()))
            } else if let message = listener.message(for: item) {
                try await outbound.write(
                    WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: message.text)))
            }
        }
        // When the gateway ends, the client is not heard any more.
        if Task.isShuttingDownGracefully { try await close(outbound, .goingAway) }
    }

    private func close(_ outbound: Outbound, _ code: WebSocketErrorCode) async throws {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
        outbound.finish()
        connection.close(promise: nil)
    }
}
