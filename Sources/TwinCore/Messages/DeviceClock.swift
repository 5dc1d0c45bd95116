/// What a device's message says about its own time.
public struct DeviceClock: Sendable, Equatable, Codable {
    /// The claimed time, in milliseconds; seconds and milliseconds on the wire are told apart by size.
    public let claimed: UnixTime
    /// Whether the claim can be a civil time: in the accepted window, and the device did not disown it.
    public let isPlausible: Bool

    /// Wire numbers above this count milliseconds, all others seconds.
    public static let millisecondThreshold = 1e11
    /// The earliest civil time believed: 2023-11-14T22:13:20Z.
    public static let earliest = UnixTime(milliseconds: 1_700_000_000_000)
    /// The latest civil time believed: 2049-03-22T04:26:40Z.
    public static let latest = UnixTime(milliseconds: 2_500_000_000_000)

    /// Reads a wire number.
    ///
    /// - Parameters:
    ///   - wire: Seconds or milliseconds since the Unix epoch, finite.
    ///   - isValid: What the device says about its own clock (`time_valid`).
    public init(wire: Double, isValid: Bool = true) {
        let milliseconds = wire > Self.millisecondThreshold ? wire : wire * 1000
        // Beyond ±9e15 a double no longer counts milliseconds, and no clock means such a number.
        let bounded = min(max(milliseconds, -9e15), 9e15)
        claimed = UnixTime(milliseconds: Int64(bounded.rounded()))
        isPlausible = isValid && claimed >= Self.earliest && claimed <= Self.latest
    }
}
