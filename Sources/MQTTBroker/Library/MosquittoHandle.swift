import CMosquitto
import TwinRuntime

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The one owner of a `struct mosquitto *`: one handle is one connection, from its first packet to its last.
///
/// A handle is made, configured and connected on a worker thread, because names are resolved and sockets connected
/// synchronously; then it belongs to the loop. No two threads ever touch it at once. Reconnecting takes a new
/// handle: nothing of the old connection (queued acknowledgements, unsent commands, packet identifiers) can
/// reach the new one.
///
/// The library calls back only from inside ``read()``, ``write()`` and ``tick()``, with a lock of its own held that
/// those take too; so callbacks note what happened in ``events`` and return, and the owner acts after the call.
@safe
final class MosquittoHandle: @unchecked Sendable {
    /// What the library reported and the owner has not looked at yet.
    struct Events {
        /// CONNACK arrived.
        var answer: (code: Int32, isResumed: Bool)?
        /// The connection is gone; the code says why.
        var loss: Int32?
        /// Publications the broker answered, or QoS 0 ones that were written.
        var published: [(mid: Int32, code: Int32)] = []
        /// Subscriptions the broker answered.
        var subscribed: [(mid: Int32, isGranted: Bool)] = []

        /// Whether there is nothing to look at.
        var isEmpty: Bool { answer == nil && loss == nil && published.isEmpty && subscribed.isEmpty }
    }

    let pointer: OpaquePointer
    private let version: LinkOptions.ProtocolVersion
    /// What the library reported.
    var events = Events()
    /// The messages read and not handed over yet.
    var inbound = InboundBatch()
    /// Whether a message is noted; `nil` for all of them.
    var keeps: (@Sendable (Span<UInt8>, UInt8) -> Bool)?
    /// How often the library called back; a read without a callback found nothing more.
    var callbacks: UInt64 = 0
    /// Runs when the library is about to report the loss of the connection.
    ///
    /// The socket's number may be given to another file from then on, so whoever polls it stops here.
    var willLose: (() -> Void)?
    /// What the library complained of while connecting; TLS errors say their reason only there.
    var complaint: String?

    /// Connects.
    ///
    /// Blocks, so it runs on a worker thread.
    init(connecting options: LinkOptions) throws(LinkFailure) {
        guard MosquittoLibrary.isReady else { throw LinkFailure("libmosquitto does not start") }
        guard let pointer = unsafe mosquitto_new(options.clientID, options.isCleanStart, nil) else {
            throw LinkFailure("the client id \"\(options.clientID)\" is not usable")
        }
        unsafe self.pointer = pointer
        version = options.version
        unsafe mosquitto_user_data_set(pointer, Unmanaged.passUnretained(self).toOpaque())
        unsafe setCallbacks(pointer)
        try configure(options)
        try connect(options)
    }

    deinit { unsafe mosquitto_destroy(pointer) }

    /// The socket, or -1 when there is none any more.
    var descriptor: Int32 { unsafe mosquitto_socket(pointer) }

    /// Whether something waits to be written.
    var wantsWrite: Bool { unsafe mosquitto_want_write(pointer) }

    /// Reads one packet, or a few, or none.
    ///
    /// Returns the failure that ended the connection, if one did.
    ///
    /// `EAGAIN` is no sign of a drained socket (the library's own wake-up pipe sets it too), so the caller goes on
    /// until ``callbacks`` stands still.
    func read() -> LinkFailure? { unsafe failure(mosquitto_loop_read(pointer, 1)) }

    /// Writes all that waits, *acknowledgements included*, or as much as the socket takes.
    ///
    /// - Parameter isCoalescing: Whether many small packets are expected. The library writes each by itself, four bytes
    ///   an acknowledgement; coalesced, they leave in full segments instead of waking the broker for each.
    func write(isCoalescing: Bool = true) -> LinkFailure? {
        #if os(Linux)
        let socket = isCoalescing ? descriptor : -1
        cork(socket, true)
        defer { cork(socket, false) }
        #endif
        return unsafe failure(mosquitto_loop_write(pointer, 1))
    }

    /// Keeps the connection alive; call it about once a second.
    ///
    /// Read in the library's source (2.0.11): `mosquitto_loop_misc` only compares times and, when a ping is due, puts
    /// PINGREQ at the end of the queue. With `mosquitto_threaded_set` queueing never writes, so a ping flushes no
    /// acknowledgement; it waits behind them. The broker allows one and a half times the keep-alive of silence,
    /// so a commit may last half of it (30 s of 60 s) before the broker ends the connection and redelivers.
    func tick() -> LinkFailure? { unsafe failure(mosquitto_loop_misc(pointer)) }

    /// Whether a message can be published there.
    static func isTopic(_ text: String) -> Bool {
        unsafe mosquitto_pub_topic_check(text) == MosquittoLibrary.success
    }

    /// Queues a publication.
    ///
    /// Returns its packet identifier, or `nil` when the library does not take it.
    func publish(_ publication: Publication) -> Int32? {
        var properties: OpaquePointer?
        defer { unsafe mosquitto_property_free_all(&properties) }
        if let expiry = publication.expirySeconds, version == .v5 {
            let added = unsafe mosquitto_property_add_int32(
                &properties, Int32(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL.rawValue), expiry)
            guard added == MosquittoLibrary.success else { return nil }
        }
        var mid: Int32 = 0
        let code = unsafe publication.payload.withUnsafeBytes { payload in
            unsafe mosquitto_publish_v5(
                pointer, &mid, publication.topic, Int32(payload.count), payload.baseAddress, Int32(publication.qos),
                publication.isRetained, properties)
        }
        return code == MosquittoLibrary.success ? mid : nil
    }

    /// Queues a subscription.
    ///
    /// Returns its packet identifier, or `nil` when the library does not take it.
    func subscribe(_ subscription: Subscription) -> Int32? {
        let retained =
            switch subscription.retained {
            case .always: MQTT_SUB_OPT_SEND_RETAIN_ALWAYS
            case .whenNew: MQTT_SUB_OPT_SEND_RETAIN_NEW
            case .never: MQTT_SUB_OPT_SEND_RETAIN_NEVER
            }
        var wanted = retained.rawValue
        if subscription.isRetainMarked { wanted |= MQTT_SUB_OPT_RETAIN_AS_PUBLISHED.rawValue }
        if subscription.isWithoutOwn { wanted |= MQTT_SUB_OPT_NO_LOCAL.rawValue }
        var mid: Int32 = 0
        let code = unsafe mosquitto_subscribe_v5(
            pointer, &mid, subscription.filter, Int32(subscription.qos),
            version == .v5 ? Int32(wanted) : 0, nil)
        return code == MosquittoLibrary.success ? mid : nil
    }

    /// Hands over the messages read, and makes room for about as many again.
    func takeInbound() -> InboundBatch {
        let batch = inbound
        inbound = InboundBatch()
        inbound.reserve(messages: batch.entries.count, bytes: batch.bytes.count)
        return batch
    }

    /// Queues a goodbye; the connection ends when it is written.
    func sayGoodbye() { unsafe _ = mosquitto_disconnect_v5(pointer, 0, nil) }

    /// Stops listening to the library's log, which formats a line for each packet.
    func stopListening() { unsafe mosquitto_log_callback_set(pointer, nil) }

    func failure(_ code: Int32) -> LinkFailure? {
        let systemError = errno
        guard code != MosquittoLibrary.success else { return nil }
        return LinkFailure(code: code, errno: systemError, complaint: complaint)
    }

    #if os(Linux)
    private func cork(_ socket: Int32, _ isCorked: Bool) {
        guard socket >= 0 else { return }
        var value: Int32 = isCorked ? 1 : 0
        unsafe _ = setsockopt(
            socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }
    #endif
}
