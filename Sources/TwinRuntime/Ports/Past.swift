public import TwinCore

/// What rebuilds twins as they stood at an instant.
///
/// Never runs on the loop.
public protocol PastStore: Sendable {
    /// Finds what there is for an instant, and lets `rebuild` read it, on a thread that stays the same meanwhile.
    ///
    /// The instant is one on the wall clock by which facts were received. Everything up to the last fact that was
    /// received by then counts, in the order in which facts happened: where the clock was set back, an instant that
    /// came twice means its second coming.
    ///
    /// - Throws: ``PastFailure`` where the instant cannot be shown, ``JournalFailure``, and what `rebuild` throws.
    func read<Rebuilt: Sendable>(
        _ query: PastQuery, _ rebuild: @escaping @Sendable (PastStretch) throws -> Rebuilt
    ) async throws -> Rebuilt
}

/// Which twins are to be rebuilt, and as of when.
public struct PastQuery: Sendable {
    /// Which twins.
    public enum Devices: Sendable {
        /// The one of a device.
        case one(DeviceID)
        /// Those whose ids come behind one, or all, in order, at most so many.
        case after(DeviceID?, limit: Int)
    }

    /// Which twins.
    public var devices: Devices
    /// As of when.
    public var at: UnixTime
    /// Is asked again and again while much is read; what it throws ends the reading.
    public var mayGoOn: @Sendable () throws -> Void

    /// Puts a query together.
    public init(_ devices: Devices, at: UnixTime, mayGoOn: @escaping @Sendable () throws -> Void) {
        self.devices = devices
        self.at = at
        self.mayGoOn = mayGoOn
    }
}

/// What a store holds of some devices up to an instant.
public struct PastStretch {
    /// One thing to be taken in, in its place.
    public enum Step: Sendable {
        /// A whole twin, with the sequence number of the last fact in it; comes before all facts.
        case snapshot(DeviceSnapshot, lastSequence: UInt64)
        /// A fact with its sequence number: a fact of the site, or one that the snapshot of its device does not hold.
        case fact(Fact, sequence: UInt64)
    }

    /// The instant on both clocks, those of the run that was under way or had last been.
    public let moment: Moment
    /// The sequence number of the last fact that counts; 0 when nothing had happened yet.
    public let lastSequence: UInt64
    /// The devices that were asked for and are known today, by id; some may not have been known then.
    public let devices: [DeviceID]
    /// Hands over every step in order, once.
    public let forEach: (_ take: (Step) throws -> Void) throws -> Void

    /// Puts a stretch together.
    public init(
        moment: Moment, lastSequence: UInt64, devices: [DeviceID],
        forEach: @escaping (_ take: (Step) throws -> Void) throws -> Void
    ) {
        self.moment = moment
        self.lastSequence = lastSequence
        self.devices = devices
        self.forEach = forEach
    }
}

/// Why the past is not shown.
public enum PastFailure: Error, Sendable, Equatable {
    /// The instant has not come yet; now is this.
    case future(now: UnixTime)
    /// What it would take is not kept any more, or never was; from this instant on it is.
    case notKept(from: UnixTime)
    /// Another request of the kind is being answered.
    case busy
    /// It took longer than is allowed, in milliseconds.
    case tooLong(milliseconds: Int64)
    /// The store could not be read, and why.
    case unreadable(String)
}
