import NIOCore
import Synchronization

/// The connections of a running gateway: how many there are, how much patience each gets, and the end of them all.
///
/// The system keeps callers waiting once all connections are taken, an emergency stop among them. So when more than
/// half are, new ones that say nothing, or take nothing, are closed soon and make room.
final class Crowd: Sendable {
    private struct State {
        var connections: [ObjectIdentifier: any Channel] = [:]
        var isDispersed = false
    }

    private let state = Mutex(State())

    /// Counts a connection until it is closed.
    ///
    /// - Returns: How long it may be idle, or not take what is written to it.
    func patience(for channel: any Channel) -> TimeAmount {
        let name = ObjectIdentifier(channel)
        let (count, isLate) = state.withLock { state in
            state.connections[name] = channel
            return (state.connections.count, state.isDispersed)
        }
        channel.closeFuture.whenComplete { [self] _ in state.withLock { _ = $0.connections.removeValue(forKey: name) } }
        if isLate { channel.close(promise: nil) }
        let isCrowded = count > GatewayLimits.connections / 2
        return .seconds(isCrowded ? GatewayLimits.crowdedIdleSeconds : GatewayLimits.idleSeconds)
    }

    /// Closes every connection that is left, and those that still come.
    ///
    /// The server forgets a connection that it accepted in the moment of its own end; nobody would answer there.
    func disperse() {
        let left = state.withLock { state in
            state.isDispersed = true
            return Array(state.connections.values)
        }
        for channel in left { channel.close(promise: nil) }
    }
}

/// Closes a connection whose other side does not take what is written to it.
///
/// A client that asks and never reads would otherwise hold its connection for ever.
final class StalledWriteGuard: ChannelInboundHandler {
    typealias InboundIn = NIOAny
    typealias InboundOut = NIOAny

    private let patience: TimeAmount
    private var deadline: Scheduled<Void>?

    init(patience: TimeAmount) { self.patience = patience }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        deadline?.cancel()
        deadline = nil
        if !context.channel.isWritable {
            let channel = context.channel
            deadline = context.eventLoop.scheduleTask(in: patience) { channel.close(promise: nil) }
        }
        context.fireChannelWritabilityChanged()
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }
}
