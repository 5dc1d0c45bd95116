public import TwinRuntime

/// What a link tells its owner, on the loop, never from inside a call of the owner's.
///
/// The link lets go of the closures when it has stopped, so they may hold its owner.
public struct LinkEvents: Sendable {
    /// The connection is up.
    ///
    /// `wasResumed` says whether the broker had kept the session; if it had not, all subscriptions have been
    /// granted. A session that was begun by this link and lost before they were counts as not kept.
    public var connected: @Sendable (_ wasResumed: Bool) -> Void = { _ in }
    /// The connection went down or an attempt failed; the next one comes after so many milliseconds.
    ///
    /// Publications that were not reported as published may or may not have arrived, and will not be sent again.
    public var disconnected: @Sendable (_ reason: String, _ retryMilliseconds: Int64) -> Void = { _, _ in }
    /// Messages arrived.
    ///
    /// A gated link reads nothing more until ``MosquittoLink/acknowledge()``.
    public var received: @Sendable (InboundBatch) -> Void = { _ in }
    /// Whether a message is handed over; `nil` for all of them.
    ///
    /// One that is not is acknowledged with those read beside it. Asked from inside the library: it must not call the
    /// link.
    public var keeps: (@Sendable (_ topic: Span<UInt8>, _ qos: UInt8) -> Bool)?
    /// The broker has taken a publication: it was written (QoS 0), or its PUBACK or PUBCOMP came.
    public var published: @Sendable (_ token: UInt64) -> Void = { _ in }
    /// The broker has refused a publication, with its reason.
    public var refused: @Sendable (_ token: UInt64, _ reason: String) -> Void = { _, _ in }

    /// A publication was taken and is not sent after all: its time was over before the broker had it in full, what
    /// de-energises overtook it, or it still waited when the connection was lost.
    public var dropped: @Sendable (_ token: UInt64) -> Void = { _ in }

    /// Starts with closures that do nothing.
    public init() {}
}
