import CMosquitto

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The yardstick of benchmarks: libmosquitto as it comes, subscribed to everything, doing nothing but counting, or
/// sending each message back.
///
/// The library's own loop on the calling thread; every message is acknowledged as it is read.
@safe
public final class BareSubscriber {
    private let pointer: OpaquePointer
    private let target: Int
    private let echoTopic: ((String) -> String)?
    /// How many messages arrived.
    public private(set) var count = 0

    /// Connects.
    ///
    /// - Parameters:
    ///   - target: How many messages end ``run(onSubscribed:)``.
    ///   - echoTopic: Where a message of a topic is sent back to, with QoS 1; `nil` to count only.
    /// - Returns: `nil` when the broker does not take the connection.
    public init?(
        host: String, port: UInt16, filter: String, receiveMaximum: UInt16, target: Int,
        echoTopic: ((String) -> String)? = nil
    ) {
        guard MosquittoLibrary.isReady, let pointer = unsafe mosquitto_new("bare-subscriber", true, nil) else {
            return nil
        }
        unsafe self.pointer = pointer
        self.target = target
        self.echoTopic = echoTopic
        unsafe mosquitto_user_data_set(pointer, Unmanaged.passUnretained(self).toOpaque())
        unsafe mosquitto_int_option(pointer, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5)
        unsafe mosquitto_int_option(pointer, MOSQ_OPT_RECEIVE_MAXIMUM, Int32(receiveMaximum))
        unsafe mosquitto_int_option(pointer, MOSQ_OPT_TCP_NODELAY, 1)
        unsafe mosquitto_message_callback_set(pointer, countMessage)
        guard unsafe mosquitto_connect(pointer, host, Int32(port), 60) == MosquittoLibrary.success,
            unsafe mosquitto_subscribe(pointer, nil, filter, 1) == MosquittoLibrary.success
        else { return nil }
    }

    deinit { unsafe mosquitto_destroy(pointer) }

    /// Counts until the target is reached.
    ///
    /// - Returns: Whether it was; `false` when the connection was lost.
    public func run(onSubscribed: () -> Void) -> Bool {
        onSubscribed()
        while count < target {
            guard unsafe mosquitto_loop(pointer, 1000, 1) == MosquittoLibrary.success else { return false }
        }
        return true
    }

    fileprivate func note(_ message: UnsafePointer<mosquitto_message>?) {
        count += 1
        guard let echoTopic, let message = unsafe message?.pointee, let topic = unsafe message.topic else { return }
        let echo = echoTopic(unsafe String(cString: topic))
        unsafe mosquitto_publish(pointer, nil, echo, message.payloadlen, message.payload, 1, false)
    }
}

/// Called by the library from inside `mosquitto_loop`, on the thread that runs it.
private func countMessage(
    _: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ message: UnsafePointer<mosquitto_message>?
) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<BareSubscriber>.fromOpaque(context).takeUnretainedValue().note(message)
}
