import TwinCore
import TwinRuntime

/// What is told of the inbox.
struct InboxStanding: Sendable {
    /// Why nothing is taken; `nil` while it is.
    var trouble: String? = "not begun yet"
    /// Whether another Doppel was found taking.
    var isOthers = false
    /// How many rows wait, as far as they are counted, and since when.
    var waiting = 0
    var oldest: UnixTime?
    /// How many messages this run took, and how many of them were refused.
    var taken = 0
    var refused = 0
    /// How often a payload was wrong, in each way.
    var flaws: [InboxNotice.Flaw: Int] = [:]

    /// The inbox as the supervisor shows it.
    func vitals(at now: UnixTime) -> PartVitals {
        let age = waiting == 0 ? 0 : oldest.map { max(0, now.milliseconds - $0.milliseconds) } ?? 0
        var words = ["took \(taken) messages, \(refused) of them refused"]
        words.append(waiting == 0 ? "none waits" : "\(count) wait, the oldest for \(age / 1_000) s")
        if isOthers { words.append("another Doppel takes them at present") }
        for flaw in InboxNotice.Flaw.allCases {
            if let times = flaws[flaw] { words.append("\(times) notices with \(flaw.rawValue)") }
        }
        return PartVitals(
            health: words.joined(separator: "; "),
            trouble.map { .degraded("readings from the table \(InboxNotice.table) wait: \($0)") } ?? .ok,
            backlog: waiting, oldestBacklogMilliseconds: age)
    }

    /// What was taken and refused, and what waits.
    var measurements: [Measurement] {
        func counter(_ name: String, _ help: String, _ value: Int) -> Measurement {
            Measurement("doppel_inbox_\(name)", help: help, kind: .counter, value: Double(value))
        }
        return [
            counter("taken_total", "Messages taken from inbox_messages, refused ones included.", taken),
            counter("refused_total", "Messages from inbox_messages that had no effect.", refused),
            counter("wrong_notices_total", "Notices to the inbox that name no row.", flaws.values.reduce(0, +)),
            Measurement(
                "doppel_inbox_waiting",
                help: "Rows of inbox_messages that wait, counted up to \(InboxTable.countedRows).", kind: .gauge,
                value: Double(waiting)),
        ]
    }

    private var count: String { waiting < InboxTable.countedRows ? "\(waiting)" : "\(waiting) or more" }
}
