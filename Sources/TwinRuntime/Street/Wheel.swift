import HeapModule
import TwinCore

/// Which twin wants to be woken when: one queue for all twins, under one timer of the loop.
///
/// An entry may be out of date: a twin that wants to be woken later is simply asked too early once, which is cheaper
/// than finding its entry at every message.
struct Wheel {
    private struct Entry: Comparable {
        let deadline: Uptime
        /// Twins of one deadline are woken in the order in which they asked.
        let order: UInt64
        let twin: DeviceTwin

        static func < (left: Self, right: Self) -> Bool { (left.deadline, left.order) < (right.deadline, right.order) }
        static func == (left: Self, right: Self) -> Bool { left.order == right.order }
    }

    private var entries = Heap<Entry>()
    private var count: UInt64 = 0

    /// The earliest deadline; `nil` when nobody waits.
    var earliest: Uptime? { entries.min?.deadline }

    /// Has a twin woken at a deadline.
    mutating func insert(_ twin: DeviceTwin, at deadline: Uptime) {
        count += 1
        entries.insert(Entry(deadline: deadline, order: count, twin: twin))
    }

    /// Takes out a twin whose deadline has come; `nil` when there is none.
    mutating func popDue(at uptime: Uptime) -> (twin: DeviceTwin, deadline: Uptime)? {
        guard let entry = entries.min, entry.deadline <= uptime else { return nil }
        _ = entries.popMin()
        return (entry.twin, entry.deadline)
    }
}
