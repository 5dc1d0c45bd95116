/// A point in civil time: milliseconds since 1970-01-01T00:00:00Z.
///
/// Civil time may jump (NTP, an operator, a leap second); nothing that must end by itself is measured with it.
public struct UnixTime: Sendable, Hashable, Comparable {
    /// Milliseconds since the Unix epoch, UTC.
    public let milliseconds: Int64

    /// Wraps a count of milliseconds since the Unix epoch.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Orders by time.
    public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

    /// The time `milliseconds` later (or earlier, when negative).
    public func advanced(byMilliseconds milliseconds: Int64) -> Self {
        Self(milliseconds: self.milliseconds + milliseconds)
    }
}

/// Milliseconds since this run of the runtime began; never runs backwards and never jumps.
///
/// Leases, timeouts and back-offs are measured with it. It means nothing in another run, so recovery re-bases
/// every deadline.
public struct Uptime: Sendable, Hashable, Comparable {
    /// Milliseconds since the run began.
    public let milliseconds: Int64

    /// Wraps a count of milliseconds since the run began.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// Orders by time.
    public static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }

    /// The uptime `milliseconds` later.
    public func advanced(byMilliseconds milliseconds: Int64) -> Self {
        Self(milliseconds: self.milliseconds + milliseconds)
    }

    /// How many milliseconds passed since `earlier`.
    public func milliseconds(since earlier: Self) -> Int64 { milliseconds - earlier.milliseconds }
}

/// When something reached the runtime, on both clocks.
///
/// The runtime stamps it once, at the edge; everything inside gets it passed in.
public struct Moment: Sendable, Hashable, Codable {
    /// What the wall clock said.
    public let time: UnixTime
    /// How long the run had lasted.
    public let uptime: Uptime

    /// Puts the two clocks' readings together.
    public init(time: UnixTime, uptime: Uptime) {
        self.time = time
        self.uptime = uptime
    }
}

extension UnixTime: Codable {
    /// Reads the count of milliseconds.
    public init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Writes the count of milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}

extension Uptime: Codable {
    /// Reads the count of milliseconds.
    public init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    /// Writes the count of milliseconds.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }
}
