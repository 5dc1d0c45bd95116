import CMosquitto

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The yardstick of the emergency stop: libmosquitto as it comes, which publishes one message and counts who answers.
///
/// The library's own loop on the calling thread.
@safe
public final class BareCaller {
    /// How long one look at the socket waits for something to come, in milliseconds.
    private static let waitMilliseconds: Int32 = 20

    private let pointer: OpaquePointer
    private let clock: () -> Int64
    private var answers: [String: Int64] = [:]

    /// Connects.
    ///
    /// - Parameters:
    ///   - filter: Where answers come; each topic counts once a call.
    ///   - clock: Nanoseconds of the clock that the answers' times are told by.
    /// - Returns: `nil` when the broker does not take the connection.
    public init?(host: String, port: UInt16, filter: String, clock: @escaping () -> Int64) {
        guard MosquittoLibrary.isReady, let pointer = unsafe mosquitto_new("bare-caller", true, nil) else {
            return nil
        }
        unsafe self.pointer = pointer
        self.clock = clock
        unsafe mosquitto_user_data_set(pointer, Unmanaged.passUnretained(self).toOpaque())
        unsafe mosquitto_int_option(pointer, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5)
        unsafe mosquitto_int_option(pointer, MOSQ_OPT_RECEIVE_MAXIMUM, 65_535)
        unsafe mosquitto_int_option(pointer, MOSQ_OPT_TCP_NODELAY, 1)
        unsafe mosquitto_message_callback_set(pointer, noteAnswer)
        guard unsafe mosquitto_connect(pointer, host, Int32(port), 60) == MosquittoLibrary.success,
            unsafe mosquitto_subscribe(pointer, nil, filter, 1) == MosquittoLibrary.success
        else { return nil }
    }

    deinit { unsafe mosquitto_destroy(pointer) }

    /// Looks after the connection for a moment.
    ///
    /// - Returns: Whether it still stands.
    public func rest() -> Bool {
        unsafe mosquitto_loop(pointer, Self.waitMilliseconds, 1) == MosquittoLibrary.success
    }

    /// Publishes a message with QoS 1, and waits until so many have answered or the patience is over.
    ///
    /// - Returns: When it was published, and when each answer was read, in order; `nil` when the connection was lost.
    public func call(
        topic: String, payload: [UInt8], answers target: Int, patienceSeconds: Int64
    ) -> (calledAt: Int64, answeredAt: [Int64])? {
        answers = [:]
        let calledAt = clock()
        let end = calledAt + patienceSeconds * 1_000_000_000
        let code = unsafe payload.withUnsafeBytes { bytes in
            unsafe mosquitto_publish(pointer, nil, topic, Int32(bytes.count), bytes.baseAddress, 1, false)
        }
        guard code == MosquittoLibrary.success else { return nil }
        while answers.count < target, clock() < end {
            guard rest() else { return nil }
        }
        return (calledAt, answers.values.sorted())
    }

    fileprivate func note(_ message: UnsafePointer<mosquitto_message>?) {
        guard let topic = unsafe message?.pointee.topic else { return }
        let name = unsafe String(cString: topic)
        if answers[name] == nil { answers[name] = clock() }
    }
}

/// Called by the library from inside `mosquitto_loop`, on the thread that runs it.
private func noteAnswer(
    _: OpaquePointer?, _ context: UnsafeMutableRawPointer?, _ message: UnsafePointer<mosquitto_message>?
) {
    guard let context = unsafe context else { return }
    unsafe Unmanaged<BareCaller>.fromOpaque(context).takeUnretainedValue().note(message)
}
