import TwinCore

/// All timers of a loop: a binary heap by deadline, under the one timer that libuv sees.
///
/// A timer knows its place in the heap, so cancelling removes it at once: a timeout that is moved with every message
/// leaves nothing behind. Used on the loop's thread only.
final class TimerQueue {
    /// The most timers that are taken out as due in one turn.
    static let maximumDuePerTurn = TurnBudget.maximumJobs

    private var heap: [ScheduledTimer] = []
    private var due: [ScheduledTimer] = []
    private var duePosition = 0
    private var nextSequence: UInt64 = 0
    private let thread: LoopThread

    init(thread: LoopThread) { self.thread = thread }

    /// Whether there are timers that were found due and have not run yet.
    var hasDue: Bool { duePosition < due.count }
    /// The earliest deadline that was not reached when last looked.
    var nextDeadline: Uptime? { heap.first?.deadline }

    func add(at deadline: Uptime, _ job: @escaping @Sendable () -> Void) -> ScheduledTimer {
        let timer = ScheduledTimer(deadline: deadline, sequence: nextSequence, job: job, queue: self)
        nextSequence += 1
        timer.position = heap.count
        heap.append(timer)
        rise(from: heap.count - 1)
        return timer
    }

    /// A timer that will never run, for a loop that was stopped.
    func dead(at deadline: Uptime) -> ScheduledTimer {
        ScheduledTimer(deadline: deadline, sequence: nextSequence, job: nil, queue: self)
    }

    func cancel(_ timer: ScheduledTimer) {
        precondition(thread.isCurrent, "A timer was cancelled on a thread that is not the loop's.")
        timer.job = nil
        if let position = timer.position { remove(at: position) }
    }

    /// Takes out what is due, in order.
    ///
    /// Timers scheduled from now on come in a later turn, so a job that schedules itself in the past starves nobody.
    func collectDue(at now: Uptime) {
        guard !hasDue else { return }
        due.removeAll(keepingCapacity: true)
        duePosition = 0
        while let first = heap.first, first.deadline <= now, due.count < Self.maximumDuePerTurn {
            remove(at: 0)
            due.append(first)
        }
    }

    /// The next due timer's job and deadline, skipping those that were cancelled meanwhile.
    func nextDue() -> (deadline: Uptime, job: @Sendable () -> Void)? {
        while duePosition < due.count {
            let timer = due[duePosition]
            duePosition += 1
            if let job = timer.job {
                timer.job = nil
                return (timer.deadline, job)
            }
        }
        return nil
    }

    /// Forgets every timer.
    func removeAll() {
        for timer in heap {
            timer.job = nil
            timer.position = nil
        }
        for timer in due { timer.job = nil }
        heap = []
        due = []
        duePosition = 0
    }

    private func remove(at position: Int) {
        heap[position].position = nil
        let last = heap.removeLast()
        guard position < heap.count else { return }
        place(last, at: position)
        rise(from: position)
        sink(from: last.position ?? position)
    }

    private func place(_ timer: ScheduledTimer, at position: Int) {
        heap[position] = timer
        timer.position = position
    }

    private func rise(from start: Int) {
        var position = start
        let timer = heap[position]
        while position > 0 {
            let parent = (position - 1) / 2
            guard timer.precedes(heap[parent]) else { break }
            place(heap[parent], at: position)
            position = parent
        }
        place(timer, at: position)
    }

    private func sink(from start: Int) {
        var position = start
        let timer = heap[position]
        while true {
            var child = 2 * position + 1
            guard child < heap.count else { break }
            if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
            guard heap[child].precedes(timer) else { break }
            place(heap[child], at: position)
            position = child
        }
        place(timer, at: position)
    }
}
