import TwinCore

/// What the oracle knows of one output.
final class OutputRecord {
    /// A lease, as it left the runtime.
    struct Permission {
        /// When the latest lease ends.
        let until: Int64
        /// When the longest lease ends that the device may have heard of.
        let longestUntil: Int64
        let isCountedByDevice: Bool
    }

    let gpio: GPIO
    var permission: Permission?
    /// When the device's own counting was last defeated by dimming, until when; and not seen off after that.
    var dimmedUntil: Int64?
    /// When an OFF last left.
    var lastOff: Int64?
    /// How many OFFs have left, of whichever run.
    var offsLeft = 0
    /// When an energising command last left.
    var lastEnergised: Int64?
    /// When energising commands left while it was off, within the last hour.
    var starts: [Int64] = []
    /// Since when it really is on; `nil` while off.
    var onSince: Int64?
    /// Since when its device has not been broken; `nil` while it is stuck or lies.
    var soundSince: Int64? = 0
    /// When somebody else last switched it on, or may have.
    var foreignUntil: Int64?
    /// What the latest status showed whose receipt the runtime acknowledged.
    var shownOn: Bool?
    /// When such a status last showed it on.
    var shownOnAt: Int64?
    /// When such a status last showed it off.
    var shownOffAt: Int64?
    /// When it last really went off.
    var offSince: Int64?
    /// Since when a stop of this output alone holds whose caller was told that it is durable.
    var stoppedSince: Int64?
    /// The tag that hangs on it.
    var tag: TagSeen?
    /// Who asked to energise it last, and when.
    var askedBy: [String: Int64] = [:]
    /// Which commands have energised it.
    var energisedBy: Set<String> = []

    init(_ gpio: GPIO) { self.gpio = gpio }
}

/// What the oracle knows of one device.
final class DeviceRecord {
    let id: DeviceID
    /// Its place in the world.
    let place: Int
    private(set) var outputs: [OutputRecord] = []
    /// Since when a stop holds whose caller was told that it is durable.
    var stoppedSince: Int64?
    /// Whether the newest instance, or one whose disk it took over, has ever answered its heartbeat.
    var isKnown = false
    /// When a stop was last cleared.
    var releasedAt: Int64?
    /// The latest raw values, by pin and type, and when they arrived at the broker.
    var readings: [String: (raw: Double, at: Int64)] = [:]
    /// What it is to be, as far as a caller was told that it is durable.
    var wish: Desired?
    /// The zones it was ever in; empty text for none.
    var zones: Set<String> = []
    /// Whether another device answered in its name at some time.
    var hadRival = false
    /// What was wished since, and may have become durable although the answer was lost with the run.
    var asked: [Desired] = []

    init(_ id: DeviceID, place: Int) {
        self.id = id
        self.place = place
    }

    func output(_ gpio: GPIO) -> OutputRecord {
        if let known = outputs.first(where: { $0.gpio == gpio }) { return known }
        let record = OutputRecord(gpio)
        outputs.append(record)
        return record
    }
}
