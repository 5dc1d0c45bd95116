import TwinCore

/// When an operator is told that PostgreSQL is away: once when it goes, now and then while it is, once when it is back.
///
/// A value without a clock: the same events at the same times lead to the same tellings. What is away and back all the
/// time is one outage, until it has held for a while; the more often, the longer it has to hold.
struct HistoryOutage {
    /// How long something has to be wrong before it is told, in milliseconds: a restart of the server is over by then.
    static let patienceMilliseconds: Int64 = 2_000
    /// The rests between reminders, in milliseconds; the last one goes on for ever.
    static let reminderMilliseconds: [Int64] = [60_000, 120_000, 240_000, 600_000]
    /// How soon after the last telling another reason is told, in milliseconds.
    static let newsMilliseconds: Int64 = 15_000
    /// How many reasons of one outage are told before their reminder is due.
    static let maximumNews = 8
    /// The shortest and the longest time that everything has to work before the outage is over, in milliseconds.
    static let steadyMilliseconds: ClosedRange<Int64> = 5_000...600_000
    /// How long after an outage the next one counts as the same trouble, in milliseconds.
    static let memoryMilliseconds: Int64 = 600_000

    /// What is to be told.
    enum Telling: Equatable {
        /// Something is wrong since just now.
        case gone
        /// It is wrong still, for so many milliseconds.
        case still(Int64)
        /// Everything works again; it did not for so many milliseconds.
        case back(Int64)
    }

    /// What does not work, and why.
    struct Trouble: Equatable {
        let part: String
        var reason: String
    }

    private struct Outage {
        let begun: Uptime
        var toldAt: Uptime?
        var reminders = 0
        var told: Set<String> = []
        /// Since when everything works again; `nil` while something does not.
        var clearSince: Uptime?
    }

    /// What does not work, the first to fail first.
    private(set) var troubles: [Trouble] = []
    private var outage: Outage?
    private var endedAt: Uptime?
    private var steady = steadyMilliseconds.lowerBound

    /// Something does not work.
    mutating func failed(_ part: String, _ reason: String, at now: Uptime) -> Telling? {
        if let index = troubles.firstIndex(where: { $0.part == part }) {
            troubles[index].reason = reason
        } else {
            troubles.append(Trouble(part: part, reason: reason))
        }
        if outage == nil {
            let isRecent = endedAt.map { now.milliseconds(since: $0) < Self.memoryMilliseconds } ?? false
            steady = isRecent ? min(steady * 2, Self.steadyMilliseconds.upperBound) : Self.steadyMilliseconds.lowerBound
            outage = Outage(begun: now)
        }
        outage?.clearSince = nil
        return look(at: now)
    }

    /// Something works.
    mutating func works(_ part: String, at now: Uptime) {
        guard troubles.contains(where: { $0.part == part }) else { return }
        troubles.removeAll { $0.part == part }
        if troubles.isEmpty { outage?.clearSince = now }
    }

    /// What is due.
    mutating func look(at now: Uptime) -> Telling? {
        guard var current = outage, let due = nextLook, now >= due else { return nil }
        if let clear = current.clearSince {
            outage = nil
            guard current.toldAt != nil else { return nil }
            endedAt = now
            return .back(clear.milliseconds(since: current.begun))
        }
        let isFirst = current.toldAt == nil
        if !isFirst, now >= reminder(current) {
            current.reminders = min(current.reminders + 1, Self.reminderMilliseconds.count - 1)
        }
        current.toldAt = now
        if current.told.count <= Self.maximumNews { current.told.insert(news) }
        outage = current
        return isFirst ? .gone : .still(now.milliseconds(since: current.begun))
    }

    /// When something is due next; `nil` while everything is as it should be.
    var nextLook: Uptime? {
        guard let outage else { return nil }
        if let clear = outage.clearSince { return clear.advanced(byMilliseconds: steady) }
        guard let told = outage.toldAt else { return outage.begun.advanced(byMilliseconds: Self.patienceMilliseconds) }
        let isNews = outage.told.count <= Self.maximumNews && !outage.told.contains(news)
        let soon = told.advanced(byMilliseconds: Self.newsMilliseconds)
        return isNews ? min(soon, reminder(outage)) : reminder(outage)
    }

    private func reminder(_ outage: Outage) -> Uptime {
        (outage.toldAt ?? outage.begun).advanced(byMilliseconds: Self.reminderMilliseconds[outage.reminders])
    }

    /// What is wrong, without the numbers that differ from attempt to attempt.
    private var news: String { troubles.first.map { $0.reason.filter { !$0.isNumber } } ?? "" }
}
