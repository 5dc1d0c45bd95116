/// Stops processing a sensor's raw values after several failures, and tries again after a while.
///
/// While it is open raw values pass through as they are. It changes with the samples that are taken in and with nothing
/// else, so a replayed sensor stands where the live one stood.
public struct ProcessingBreaker: Sendable, Equatable, Codable {
    /// After so many failures in a row it opens.
    public static let failuresToOpen = 3
    /// After so long it lets one raw value be processed again, in milliseconds.
    public static let openMilliseconds: Int64 = 30_000

    /// How many attempts failed since the last that did not, counted up to the number that opens it.
    public private(set) var failures = 0
    /// When the last of them was.
    public private(set) var lastFailure: UnixTime?

    /// Makes a closed breaker.
    public init() {}

    /// Whether raw values are to pass through at a time.
    ///
    /// The wall clock serves here, so that a restart changes nothing; should it be set back, the breaker closes, and
    /// processing is tried too early rather than too late.
    public func isOpen(at time: UnixTime) -> Bool {
        guard failures >= Self.failuresToOpen, let lastFailure else { return false }
        return (0..<Self.openMilliseconds).contains(time.milliseconds - lastFailure.milliseconds)
    }

    /// Takes in a sample: one that a model stands for and that has no value is a failure.
    mutating func take(_ sample: Sample) {
        guard sample.model != nil else { return }
        if sample.value == nil {
            failures = min(failures + 1, Self.failuresToOpen)
            lastFailure = sample.receiptTime
        } else {
            failures = 0
            lastFailure = nil
        }
    }
}
