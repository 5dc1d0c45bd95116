public import TwinCore
public import TwinRuntime

/// What a world stored and showed, in order; used by the thread of its world, and by whoever waits for its end.
public final class WorldRecord: @unchecked Sendable {
    /// What somebody saw who looked at all twins.
    public struct Look: Sendable {
        /// When, on the clocks of the run that was under way.
        public var moment: Moment
        /// The last fact that was stored by then.
        public var lastSequence: UInt64
        /// The twins, by id.
        public var twins: [DeviceSnapshot]
    }

    /// Everything that reached the disk.
    public internal(set) var batches: [Batch] = []
    /// A look every second, while nothing was on its way to the disk.
    public internal(set) var looks: [Look] = []

    /// Makes an empty record.
    public init() {}
}
