import Hummingbird
import NIOCore

/// What goes along with one request.
struct GatewayContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The connection it came on.
    let channel: any Channel

    /// What the request is called in its answer and in the log.
    ///
    /// Not the framework's own id, which is lost, and traps, with a log handler that keeps no metadata.
    let requestID = RequestID().description

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
    }

    /// Who asks, as far as it is known without authentication: the address of the other end.
    var caller: String { "http:\(channel.remoteAddress?.ipAddress ?? "unknown")" }
}
