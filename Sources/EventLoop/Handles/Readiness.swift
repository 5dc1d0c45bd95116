import CLibUV

/// What a descriptor can do, or what one waits for.
public struct Readiness: OptionSet, Sendable, Hashable {
    /// The bits.
    public let rawValue: UInt8

    /// Wraps bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// There is something to read, or the end was reached.
    public static let readable = Readiness(rawValue: 1)
    /// There is room to write.
    public static let writable = Readiness(rawValue: 2)
    /// The peer hung up, or the descriptor failed; the next read or write says how.
    public static let disconnected = Readiness(rawValue: 4)

    /// The same set in libuv's bits.
    var pollEvents: Int32 {
        var events: UInt32 = 0
        if contains(.readable) { events |= UV_READABLE.rawValue }
        if contains(.writable) { events |= UV_WRITABLE.rawValue }
        if contains(.disconnected) { events |= UV_DISCONNECT.rawValue }
        return Int32(events)
    }

    init(pollEvents: Int32) {
        let events = UInt32(bitPattern: pollEvents)
        var readiness: Readiness = []
        if events & UV_READABLE.rawValue != 0 { readiness.insert(.readable) }
        if events & UV_WRITABLE.rawValue != 0 { readiness.insert(.writable) }
        if events & UV_DISCONNECT.rawValue != 0 { readiness.insert(.disconnected) }
        self = readiness
    }
}
