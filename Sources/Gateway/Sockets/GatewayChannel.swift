import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket
import ServiceLifecycle
import Synchronization

/// One connection: HTTP, or a WebSocket where its first request asks for one.
struct GatewayChannel: HTTPChannelHandler {
    /// What the connection turned out to be.
    enum Agreed: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case socket(NIOAsyncChannel<WebSocketFrame, WebSocketFrame>, WatcherSeats.Seat)
    }

    /// A connection whose first request has not come yet.
    struct Value: ServerChildChannelValue {
        let agreed: EventLoopFuture<Agreed>
        let channel: any Channel
    }

    let responder: Responder
    /// Who may ask; the router's middleware asks the same of all other requests.
    let pages: ForeignPageGuard
    /// Who answers.
    let endpoints: Endpoints
    /// How many connections there are.
    let crowd: Crowd

    /// The path of the WebSocket.
    static let path = "/api/v1/ws"

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let patience = crowd.patience(for: channel)
        return channel.eventLoop.makeCompletedFuture {
            let seat = HeldSeat()
            let upgrader = NIOTypedWebSocketServerUpgrader<Agreed>(
                maxFrameSize: GatewayLimits.messageBytes,
                shouldUpgrade: { channel, _ in channel.eventLoop.makeSucceededFuture([:]) },
                upgradePipelineHandler: { channel, _ in Self.socket(on: channel, seat, patience) })
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration(
                upgradeConfiguration: NIOTypedHTTPServerUpgradeConfiguration<Agreed>(upgraders: [upgrader]) {
                    Self.http(on: $0, patience, logger)
                })
            // Requests are taken one after the other, and what goes out is checked before, as in the framework's own.
            configuration.enablePipelining = false
            configuration.enableResponseHeaderValidation = false
            configuration.decoderConfiguration.maxHeaderFieldSize = GatewayLimits.headerLineBytes
            configuration.decoderConfiguration.maxHeaderListSize = GatewayLimits.headerBytes
            configuration.decoderConfiguration.maxHeaderFieldCount = GatewayLimits.headerCount
            let agreed = try channel.pipeline.syncOperations.configureUpgradableHTTPServerPipeline(
                configuration: configuration)
            let upgrading = try channel.pipeline.syncOperations.handler(
                type: NIOTypedHTTPServerUpgradeHandler<Agreed>.self)
            try channel.pipeline.syncOperations.addHandler(
                UpgradeSieve { mayUpgrade($0, seat) }, position: .before(upgrading))
            let deadline = channel.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
            agreed.whenComplete { _ in deadline.cancel() }
            return Value(agreed: agreed, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        // Who has asked nothing yet does not keep the gateway from ending.
        let agreed = try? await withTaskCancellationHandler {
            try await withGracefulShutdownHandler {
                try await value.agreed.get()
            } onGracefulShutdown: {
                value.channel.close(promise: nil)
            }
        } onCancel: {
            value.channel.close(promise: nil)
        }
        switch agreed {
        case .http(let connection): await handleHTTP(asyncChannel: connection, logger: logger)
        case .socket(let connection, let seat):
            await SocketConversation(connection: connection.channel, endpoints: endpoints, seat: seat)
                .hold(over: connection)
        case nil: value.channel.close(promise: nil)
        }
    }

    /// Whether a request becomes a WebSocket; where it does not, the router says why.
    private func mayUpgrade(_ head: HTTPRequestHead, _ held: HeldSeat) -> Bool {
        let origin = head.headers.first(name: "Origin")
        guard head.uri.prefix(while: { $0 != "?" }) == Self.path,
            pages.problem(authority: head.headers.first(name: "Host"), origin: origin) == nil
        else { return false }
        return held.fill(endpoints.socketSeats.take())
    }

    private static func http(
        on channel: any Channel, _ patience: TimeAmount, _ logger: Logger
    ) -> EventLoopFuture<Agreed> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(StalledWriteGuard(patience: patience))
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            try pipeline.addHandler(
                HTTPConnectionStateHandler(idleTimeout: .nanoseconds(patience.nanoseconds), logger: logger))
            return .http(
                try NIOAsyncChannel(
                    wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true)))
        }
    }

    private static func socket(
        on channel: any Channel, _ held: HeldSeat, _ patience: TimeAmount
    ) -> EventLoopFuture<Agreed> {
        channel.eventLoop.makeCompletedFuture {
            guard let seat = held.take() else { throw ChannelError.inappropriateOperationForState }
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(StalledWriteGuard(patience: patience))
            try pipeline.addHandler(MaskGuard())
            try pipeline.addHandler(
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: GatewayLimits.messageFrames,
                    maxAccumulatedFrameSize: GatewayLimits.messageBytes))
            return .socket(try NIOAsyncChannel(wrappingChannelSynchronously: channel), seat)
        }
    }
}

/// A seat between the question whether a connection may become a WebSocket and its becoming one.
private final class HeldSeat: Sendable {
    private let seat = Mutex<WatcherSeats.Seat?>(nil)

    /// - Returns: Whether there is a seat to hold.
    func fill(_ seat: WatcherSeats.Seat?) -> Bool {
        self.seat.withLock { $0 = seat }
        return seat != nil
    }

    func take() -> WatcherSeats.Seat? {
        seat.withLock { seat in
            defer { seat = nil }
            return seat
        }
    }
}
