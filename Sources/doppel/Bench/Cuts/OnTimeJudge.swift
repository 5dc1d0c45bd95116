/// Decides from a record whether every on-time ended with its lease.
///
/// Shares nothing with the gate or the devices: it knows when a message arrived, what it said, and when a pump was on.
struct OnTimeJudge {
    /// How far past its lease an on-time may go, in milliseconds.
    static let toleranceMilliseconds = 1000.0
    /// How near an end must be to the lease's to count as one by the lease, in milliseconds.
    private static let nearMilliseconds = 100.0
    /// How many violations are told.
    private static let maximumTold = 20

    /// A command that the server took.
    struct Order: Sendable {
        /// When it was asked for, in nanoseconds of the shared clock.
        var at: Int64
        var seconds: Int64
    }

    /// What it found.
    struct Verdict: Codable, Sendable {
        /// On-times, from off to off.
        var onTimes = 0
        /// Those during which something was cut.
        var onTimesDuringCuts = 0
        /// Those that ended when their lease did.
        var endedByLease = 0
        /// Of those during which something was cut.
        var endedByLeaseDuringCuts = 0
        /// Commands that devices obeyed, renewals among them.
        var commandsTold = 0
        /// The latest end of an on-time after its lease; negative when all ended before.
        var worstOvershootMs: Double?
        /// The latest end after the order's time and duration; what was on the way for a while is late by that.
        var worstAfterOrderMs: Double?
        /// The longest way from the order to the device.
        var longestWayMs = 0.0
        var violations = 0
        /// The first of them, in words.
        var violationsTold: [String] = []

        fileprivate mutating func object(_ words: String) {
            violations += 1
            if violationsTold.count < maximumTold { violationsTold.append(words) }
        }
    }

    /// The commands whose ids are known, by id.
    var orders: [String: Order] = [:]
    /// When something was cut, in nanoseconds of the shared clock.
    var cuts: [Range<Int64>] = []

    private struct Pump {
        var leaseEnd: Int64?
        var order: Order?
        var onSince: Int64?
    }

    /// Judges a record whose entries are in the order of time.
    ///
    /// - Parameter end: When the recording ended; what is on then is judged as if it went off.
    func judge(_ entries: [OnTimeRecord.Entry], end: Int64) -> Verdict {
        var verdict = Verdict()
        var pumps: [String: Pump] = [:]
        for entry in entries {
            let name = "\(entry.device) gpio \(entry.gpio)"
            var pump = pumps[name] ?? Pump()
            switch entry.kind {
            case .told: take(entry, name, &pump, &verdict)
            case .on:
                pump.onSince = entry.at
                if pump.leaseEnd.map({ $0 < entry.at }) ?? true { verdict.object("\(name) went on without a lease") }
            case .off: close(&pump, at: entry.at, name, &verdict)
            }
            pumps[name] = pump
        }
        for (name, var pump) in pumps.sorted(by: { $0.key < $1.key }) where pump.onSince != nil {
            close(&pump, at: end, name, &verdict)
        }
        return verdict
    }

    private func take(
        _ entry: OnTimeRecord.Entry, _ name: String, _ pump: inout Pump, _ verdict: inout Verdict
    ) {
        verdict.commandsTold += 1
        guard let seconds = entry.seconds, seconds > 0 else {
            pump.leaseEnd = nil
            return verdict.object("\(name) was told to be on without an end")
        }
        pump.leaseEnd = entry.at + seconds * 1_000_000_000
        pump.order = entry.command.flatMap { orders[$0] }
        if let order = pump.order {
            verdict.longestWayMs = max(verdict.longestWayMs, Double(entry.at - order.at) / 1e6)
            // What waited on its way has the whole seconds less that it waited; never more than was ordered.
            let waitedSeconds = (entry.at - order.at + 999_999_999) / 1_000_000_000
            if seconds > order.seconds || seconds < order.seconds - waitedSeconds {
                verdict.object("\(name) was told \(seconds) s where \(order.seconds) s were ordered")
            }
        }
    }

    private func close(_ pump: inout Pump, at end: Int64, _ name: String, _ verdict: inout Verdict) {
        guard let begin = pump.onSince else { return }
        pump.onSince = nil
        verdict.onTimes += 1
        let wasCut = cuts.contains { $0.overlaps(begin..<max(end, begin + 1)) }
        if wasCut { verdict.onTimesDuringCuts += 1 }
        guard let leaseEnd = pump.leaseEnd else { return }
        let overshoot = Double(end - leaseEnd) / 1e6
        verdict.worstOvershootMs = max(verdict.worstOvershootMs ?? overshoot, overshoot)
        if let order = pump.order {
            let late = Double(end - order.at - order.seconds * 1_000_000_000) / 1e6
            verdict.worstAfterOrderMs = max(verdict.worstAfterOrderMs ?? late, late)
        }
        if abs(overshoot) <= Self.nearMilliseconds {
            verdict.endedByLease += 1
            if cuts.contains(where: { $0.contains(end) }) { verdict.endedByLeaseDuringCuts += 1 }
        }
        if overshoot > Self.toleranceMilliseconds {
            verdict.object("\(name) was on \(overshoot) ms past its lease")
        }
    }
}
