import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import Testing

@testable import Gateway

/// A client of the WebSocket that makes a real handshake over a real socket.
final class SocketClient: Sendable {
    private let channel: NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
    private let received: AsyncStream<WebSocketFrame>
    private let reading: Task<Void, Never>
    private let outgoing: AsyncStream<WebSocketFrame>.Continuation

    /// Opens a WebSocket; fails when the gateway does not switch protocols.
    init(port: Int, origin: String? = nil) async throws {
        let upgraded = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try Self.upgrade(channel, origin) }
            }
        let channel = try await upgraded.get()
        let (outgoingFrames, outgoing) = AsyncStream.makeStream(of: WebSocketFrame.self)
        let (received, incoming) = AsyncStream.makeStream(of: WebSocketFrame.self)
        self.channel = channel
        self.received = received
        self.outgoing = outgoing
        reading = Task {
            try? await channel.executeThenClose { inbound, outbound in
                async let writing: Void = { for await frame in outgoingFrames { try await outbound.write(frame) } }()
                for try await frame in inbound { incoming.yield(frame) }
                outgoing.finish()
                try await writing
            }
            incoming.finish()
        }
    }

    private static func upgrade(
        _ channel: any Channel, _ origin: String?
    ) throws -> EventLoopFuture<NIOAsyncChannel<WebSocketFrame, WebSocketFrame>> {
        typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>
        let upgrader = NIOTypedWebSocketClientUpgrader<Frames>(maxFrameSize: 1 << 22) { channel, _ in
            channel.eventLoop.makeCompletedFuture { try Frames(wrappingChannelSynchronously: channel) }
        }
        var headers: HTTPHeaders = ["Host": "localhost"]
        if let origin { headers.add(name: "Origin", value: origin) }
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: GatewayChannel.path, headers: headers)
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(
            configuration: .init(
                upgradeConfiguration: NIOTypedHTTPClientUpgradeConfiguration(
                    upgradeRequestHead: head, upgraders: [upgrader]
                ) { channel in
                    channel.close(promise: nil)
                    return channel.eventLoop.makeFailedFuture(ChannelError.inputClosed)
                }))
    }

    /// Sends one message, in as many frames.
    func send(_ text: String, frames: Int = 1, opcode: WebSocketOpcode = .text) {
        var bytes = ByteBuffer(string: text)
        let size = bytes.readableBytes / frames
        for number in 1...frames {
            let part = number == frames ? bytes : bytes.readSlice(length: size)!
            outgoing.yield(
                WebSocketFrame(
                    fin: number == frames, opcode: number == 1 ? opcode : .continuation, maskKey: [1, 2, 3, 4],
                    data: part))
        }
    }

    /// Sends one frame as it is.
    func send(_ frame: WebSocketFrame) { outgoing.yield(frame) }

    /// The next frame that is no ping; `nil` when the connection is closed.
    func nextFrame() async -> WebSocketFrame? {
        for await frame in received where frame.opcode != .ping { return frame }
        return nil
    }

    /// The next message; fails when the connection is closed before it.
    func next() async throws -> JSONValue {
        let frame = try #require(await nextFrame(), "the connection ended")
        try #require(frame.opcode == .text, "\(frame)")
        return try JSONValue(parsing: String(buffer: frame.data))
    }

    /// Waits for the gateway's ending, and gives its code back.
    func expectEnd() async -> WebSocketErrorCode? {
        while let frame = await nextFrame() {
            var data = frame.data
            if frame.opcode == .connectionClose { return data.readWebSocketErrorCode() }
        }
        return nil
    }

    func close() { channel.channel.close(promise: nil) }

    deinit {
        outgoing.finish()
        reading.cancel()
    }
}
