import CLibUV

/// Why the loop could not do what it was asked.
public struct EventLoopError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of refusal it is.
    public enum Reason: Sendable, Equatable {
        /// The loop was stopped; it takes no new descriptors, children or signals.
        case stopped
        /// The operating system refused.
        case refused
    }

    /// What was tried, as a short phrase.
    public let operation: String
    /// What kind of refusal it is.
    public let reason: Reason
    /// The system's error number as libuv counts them (negative); 0 when the loop was stopped.
    public let number: Int32
    /// The error's symbolic name, such as `EMFILE`; empty when the loop was stopped.
    public let name: String
    /// What happened, for a person to read.
    public let description: String

    /// Whether the same call may succeed later without anybody changing it: something had run short.
    public var mayRetry: Bool { ["EAGAIN", "EMFILE", "ENFILE", "ENOMEM"].contains(name) }

    static func stopped(_ operation: String) -> Self {
        Self(
            operation: operation, reason: .stopped, number: 0, name: "",
            description: "The loop was stopped: \(operation).")
    }

    static func refused(_ operation: String, _ number: Int32) -> Self {
        let name = unsafe String(cString: uv_err_name(number))
        let words = unsafe String(cString: uv_strerror(number))
        return Self(
            operation: operation, reason: .refused, number: number, name: name,
            description: "Could not \(operation): \(words) (\(name)).")
    }

    /// Turns libuv's convention (negative is an error) into Swift's.
    static func check(_ operation: String, _ result: Int32) throws(EventLoopError) {
        if result < 0 { throw .refused(operation, result) }
    }
}
