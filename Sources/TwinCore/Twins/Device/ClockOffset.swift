/// How far a device's clock is from the runtime's, estimated from what it says and when that arrives.
///
/// The smallest difference of the latest heartbeats is taken: what is above it is the way there. A device whose clock
/// is set, in either direction, is estimated rightly again after at most ``window`` heartbeats.
public struct ClockOffset: Sendable, Equatable, Codable {
    /// How many differences are kept.
    public static let window = 8
    /// Differences that are further apart than a slow network explains show a clock that was set, in milliseconds.
    public static let jumpMilliseconds: Int64 = 5_000

    /// Receipt minus claimed time of the latest heartbeats with a plausible time, in milliseconds, oldest first.
    public internal(set) var differences: [Int64] = []

    /// Makes an estimate that knows nothing.
    public init() {}

    /// How far the device's clock is behind the runtime's, in milliseconds; negative when it is ahead, `nil` while
    /// no heartbeat with a plausible time came.
    ///
    /// Heartbeats count whole seconds, so up to a second of it may be rounding.
    public var offsetMilliseconds: Int64? { differences.min() }

    /// How far the kept differences are apart, in milliseconds; `nil` while nothing is known.
    public var spreadMilliseconds: Int64? {
        guard let least = differences.min(), let most = differences.max() else { return nil }
        return most - least
    }

    /// Whether one of the two clocks was set within the window, so that the estimate may still be a mixture.
    public var isJumping: Bool { (spreadMilliseconds ?? 0) > Self.jumpMilliseconds }
}

extension ClockOffset {
    /// Takes a message's claimed time in; an impossible one does not enter.
    mutating func take(_ clock: DeviceClock, at moment: Moment) {
        guard clock.isPlausible else { return }
        differences.append(moment.time.milliseconds - clock.claimed.milliseconds)
        if differences.count > Self.window { differences.removeFirst() }
    }
}
