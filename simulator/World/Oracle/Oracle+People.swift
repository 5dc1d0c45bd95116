import TwinCore

/// A tag that somebody hung on an output, as far as its caller was told that it is durable.
struct TagSeen {
    /// When it falls off by the time of the runtime's runs.
    var until: Int64
    /// When it falls off by the wall clock.
    let wallUntil: Int64
}

extension Oracle {
    /// For how long after one person a second one may ask for the same, in milliseconds.
    ///
    /// One second more than the runtime allows: an order waits for its commit, and leaves up to that much later.
    static let secondPersonMilliseconds: Int64 = 61_000

    /// Somebody asks to energise an output.
    func asks(_ person: String, _ device: DeviceID, _ gpio: GPIO, at time: Int64) {
        record(device).output(gpio).askedBy[person] = time
    }

    /// A dangerous output is energised only when two persons asked for it; a command that is repeated was asked for.
    func judgePersons(_ command: CommandSeen, _ output: OutputRecord, _ place: Int, at time: Int64) {
        let name = WorldOutput(device: place, gpio: Int(command.gpio.number))
        guard rules.twoPersons.contains(name), !output.energisedBy.contains(command.id) else { return }
        let persons = output.askedBy.values.count { time <= $0 + Self.secondPersonMilliseconds }
        if persons < 2 { violate(.limits, "\(name) was energised by \(command.id) and one person asked", at: time) }
    }

    /// The server's wall clock was set forward: from the next restart on, starts count as older than they are.
    func clockJumped(by span: Int64) {
        guard span > 0 else { return }
        for output in devices.flatMap(\.outputs) { output.starts = output.starts.map { $0 - span } }
    }

    // MARK: Tags

    /// A caller was told that his tag hangs.
    func tagged(_ device: DeviceID, _ gpio: GPIO, until: Int64, wallUntil: Int64) {
        record(device).output(gpio).tag = TagSeen(until: until, wallUntil: wallUntil)
    }

    /// Somebody orders to take a tag away: the promise ends with the order.
    func untagged(_ device: DeviceID, _ gpio: GPIO) { record(device).output(gpio).tag = nil }

    /// A run begins: a tag has left what the wall clock says, and never more than it had.
    func rebaseTags(wall: Int64, at time: Int64) {
        for device in devices {
            for output in device.outputs {
                guard let tag = output.tag else { continue }
                output.tag?.until = min(tag.until, time + tag.wallUntil - wall)
            }
        }
    }

    /// Nothing is energised that has a tag.
    func judgeTag(_ command: CommandSeen, _ output: OutputRecord, at time: Int64) {
        guard let tag = output.tag, time < tag.until else { return }
        violate(.limits, "\(command.device) gpio \(command.gpio) was energised by \(command.id) under a tag", at: time)
    }
}
