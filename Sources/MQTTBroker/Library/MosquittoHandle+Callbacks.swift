import CMosquitto
import TwinRuntime

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

extension MosquittoHandle {
    /// Notes one message; its bytes are the library's and are gone when the callback returns.
    fileprivate func received(_ message: borrowing mosquitto_message) {
        callbacks &+= 1
        guard let start = unsafe message.topic else { return }
        let topic = unsafe UnsafeRawBufferPointer(start: start, count: strlen(start))
        let qos = unsafe UInt8(truncatingIfNeeded: message.qos)
        let name = unsafe Span<UInt8>(_unsafeBytes: topic)
        if let keeps, !keeps(name, qos) { return }
        let payload = unsafe UnsafeRawBufferPointer(start: message.payload, count: Int(message.payloadlen))
        unsafe inbound.append(topic: topic, payload: payload, isRetained: message.retain, qos: qos)
    }

    fileprivate func noted(_ note: (inout Events) -> Void) {
        callbacks &+= 1
        note(&events)
    }

    fileprivate func lost(_ code: Int32) {
        callbacks &+= 1
        willLose?()
        willLose = nil
        // The first says why; the library may report the same loss again as a mere loss.
        if events.loss == nil { events.loss = code }
    }

    fileprivate func complained(_ text: String) {
        complaint = text
    }
}

/// Sets the library's callbacks.
///
/// Each runs on the thread that called into the library: the loop, or, for the log while connecting, the worker.
/// The context is the handle, which outlives the library's structure.
func setCallbacks(_ pointer: OpaquePointer) {
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
