import EventLoop
import TwinCore
import TwinRuntime

/// One connection of a link, from its server's consent to its end.
///
/// Confined to the loop.
final class PostgresConnection: @unchecked Sendable {
    /// What tells a server's process from another one that has its number later.
    struct Backend: Sendable {
        let number: Int32
        /// When it began, as the server writes it.
        let since: String
    }

    /// Tells this connection from those before it.
    let number: UInt64
    let handle: PostgresHandle
    let socket: WatchedSocket
    /// What makes the session ours; goes before all other work.
    var setUp: PostgresWork?
    /// Whether other work may go.
    var isReady = false
    /// The work under way.
    var exchange: PostgresExchange?
    /// The process at the server that serves it, once known.
    var backend: Backend?

    init(number: UInt64, handle: PostgresHandle, socket: WatchedSocket) {
        self.number = number
        self.handle = handle
        self.socket = socket
    }
}

/// One attempt to connect: the handle goes to a worker thread and back for every step.
///
/// Confined to the loop.
final class PostgresAttempt: @unchecked Sendable {
    /// Tells this attempt from those before it.
    let number: UInt64
    /// Whether its time is over.
    var isOverdue = false
    /// What ends its time.
    var timer: (any LoopTimer)?
    /// The handle and its socket while the loop waits for the server; `nil` while a worker thread has the handle.
    var waiting: (handle: PostgresHandle, socket: WatchedSocket)?

    init(number: UInt64) { self.number = number }
}
