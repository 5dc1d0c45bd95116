import CMosquitto
import Synchronization
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

    private let pointer: OpaquePointer
    private let version: LinkOptions.ProtocolVersion
    /// What the library reported.
    var events = Events()
    /// The messages read and not handed over yet.
    var inbound = InboundBatch()
    /// How often the library called back; a read without a callback found nothing more.
    fileprivate(set) var callbacks: UInt64 = 0
    /// Runs when the library is about to report the loss of the connection.
    ///
    /// The socket's number may be given to another file from then on, so whoever polls it stops here.
    var willLose: (() -> Void)?
    /// What the library complained of while connecting; TLS errors say their reason only there.
    fileprivate(set) var complaint: String?

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
        var mid: Int32 = 0
        let code = unsafe mosquitto_subscribe_v5(
            pointer, &mid, subscription.filter, Int32(subscription.qos),
            version == .v5 ? Int32(retained.rawValue) : 0, nil)
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

    private func failure(_ code: Int32) -> LinkFailure? {
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

extension MosquittoHandle {
    private func configure(_ options: LinkOptions) throws(LinkFailure) {
        // Without this the library acknowledges by itself, at once.
        try check(unsafe mosquitto_threaded_set(pointer, true), "threading")
        try set(MOSQ_OPT_PROTOCOL_VERSION, options.version == .v5 ? MQTT_PROTOCOL_V5 : MQTT_PROTOCOL_V311)
        try set(MOSQ_OPT_RECEIVE_MAXIMUM, Int32(options.receiveMaximum))
        try set(MOSQ_OPT_SEND_MAXIMUM, Int32(options.sendMaximum))
        try set(MOSQ_OPT_TCP_NODELAY, options.isUndelayed ? 1 : 0)
        if options.username != nil || options.password != nil {
            try check(unsafe mosquitto_username_pw_set(pointer, options.username, options.password), "user name")
        }
        if let will = options.will?() {
            let code = unsafe will.payload.withUnsafeBytes { payload in
                unsafe mosquitto_will_set(
                    pointer, will.topic, Int32(payload.count), payload.baseAddress, Int32(will.qos), will.isRetained)
            }
            try check(code, "will")
        }
        if let security = options.security { try configure(security) }
    }

    private func configure(_ security: LinkSecurity) throws(LinkFailure) {
        if let file = security.authorityFile {
            try check(
                unsafe mosquitto_tls_set(pointer, file, nil, security.certificateFile, security.keyFile, nil),
                "TLS files (\(file))")
        } else {
            guard security.certificateFile == nil else {
                throw LinkFailure("a client certificate needs the file of the broker's authority too")
            }
            try set(MOSQ_OPT_TLS_USE_OS_CERTS, 1)
        }
        if security.isInsecure {
            try check(unsafe mosquitto_tls_opts_set(pointer, 0, nil, nil), "TLS options")
            try check(unsafe mosquitto_tls_insecure_set(pointer, true), "TLS options")
        }
    }

    private func connect(_ options: LinkOptions) throws(LinkFailure) {
        guard options.port != 0 else { throw LinkFailure("port 0 is no port") }
        var properties: OpaquePointer?
        defer { unsafe mosquitto_property_free_all(&properties) }
        if options.version == .v5 {
            try check(
                unsafe mosquitto_property_add_int32(
                    &properties, Int32(MQTT_PROP_SESSION_EXPIRY_INTERVAL.rawValue), options.sessionExpirySeconds),
                "session expiry")
            try check(
                unsafe mosquitto_property_add_int32(
                    &properties, Int32(MQTT_PROP_MAXIMUM_PACKET_SIZE.rawValue), options.maximumPacketBytes),
                "maximum packet size")
        }
        let failure = MosquittoLibrary.connecting(secured: options.security != nil) { () -> LinkFailure? in
            let code = unsafe mosquitto_connect_bind_v5(
                pointer, options.host, Int32(options.port), Int32(options.keepAliveSeconds), nil, properties)
            return self.failure(code)
        }
        if let failure { throw failure }
    }

    private func set(_ option: mosq_opt_t, _ value: Int32) throws(LinkFailure) {
        try check(unsafe mosquitto_int_option(pointer, option, value), "option \(option.rawValue)")
    }

    private func check(_ code: Int32, _ what: String) throws(LinkFailure) {
        let systemError = errno
        guard code != MosquittoLibrary.success else { return }
        let cause = LinkFailure(code: code, errno: systemError, complaint: nil)
        throw LinkFailure("\(what): \(cause.description)")
    }
}

extension MosquittoHandle {
    /// Notes one message; its bytes are the library's and are gone when the callback returns.
    fileprivate func received(_ message: borrowing mosquitto_message) {
        callbacks &+= 1
        guard let topic = unsafe message.topic else { return }
        let payload = unsafe UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
        // The library does not say whether the broker marked the message as sent before.
        unsafe inbound.append(
            topic: UnsafeRawBufferPointer(start: topic, count: strlen(topic)), payload: payload,
            isRetained: message.retain, isDuplicate: false)
    }

    fileprivate func noted(_ note: (inout Events) -> Void) {
        callbacks &+= 1
        note(&events)
    }

    fileprivate func lost(_ code: Int32) {
        callbacks &+= 1
        willLose?()
        willLose = nil
        events.loss = code
    }

    fileprivate func complained(_ text: String) {
        complaint = text
    }
}

/// Sets the library's callbacks.
///
/// Each runs on the thread that called into the library: the loop, or, for the log while connecting, the worker.
/// The context is the handle, which outlives the library's structure.
private func setCallbacks(_ pointer: OpaquePointer) {
    unsafe mosquitto_message_callback_set(pointer) { _, context, message in
        guard let message = unsafe message else { return }
        unsafe handle(context).received(message.pointee)
    }
    unsafe mosquitto_connect_v5_callback_set(pointer) { _, context, code, flags, _ in
        unsafe handle(context).noted { $0.answer = (code, flags & 1 == 1) }
    }
    unsafe mosquitto_disconnect_v5_callback_set(pointer) { _, context, code, _ in
        unsafe handle(context).lost(code)
    }
    unsafe mosquitto_publish_v5_callback_set(pointer) { _, context, mid, code, _ in
        unsafe handle(context).noted { $0.published.append((mid, code)) }
    }
    unsafe mosquitto_subscribe_v5_callback_set(pointer) { _, context, mid, count, granted, _ in
        let isGranted = unsafe count > 0 && (granted.map { unsafe $0.pointee < 128 } ?? false)
        unsafe handle(context).noted { $0.subscribed.append((mid, isGranted)) }
    }
    unsafe mosquitto_log_callback_set(pointer) { _, context, level, text in
        guard level == MOSQ_LOG_ERR, let text = unsafe text else { return }
        unsafe handle(context).complained(String(cString: text))
    }
}

private func handle(_ context: UnsafeMutableRawPointer?) -> MosquittoHandle {
    guard let context = unsafe context else { preconditionFailure("a callback without its handle") }
    return unsafe Unmanaged<MosquittoHandle>.fromOpaque(context).takeUnretainedValue()
}
