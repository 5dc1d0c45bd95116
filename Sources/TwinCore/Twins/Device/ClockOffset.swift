/// How far a device's clock is from the runtime's, estimated from what it says and when that arrives.
///
/// The smallest difference of the latest heartbeats is taken: what is above it is the way there. `nil` members while
/// nothing is known.
public struct ClockOffset: Sendable, Equatable, Codable {
    /// How many differences are kept.
    public static let window = 8

    /// Receipt minus claimed time of the latest heartbeats with a plausible time, in milliseconds, oldest first.
    public internal(set) var differences: [Int64] = []

    /// Makes an estimate that knows nothing.
    public init() {}
}

extension ClockOffset {
    /// Takes a message's claimed time in.
    mutating func take(_ clock: DeviceClock, at moment: Moment) {}
}
