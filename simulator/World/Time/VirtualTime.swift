import HeapModule
import TwinCore

/// The world's clock: jumps from one appointment to the next and never waits.
///
/// Appointments of one time are kept in the order in which they were made. Confined to the thread that runs the world.
final class VirtualTime: @unchecked Sendable {
    private struct Appointment: Comparable {
        let at: Int64
        let order: UInt64
        let job: @Sendable () -> Void

        static func < (left: Self, right: Self) -> Bool { (left.at, left.order) < (right.at, right.order) }
        static func == (left: Self, right: Self) -> Bool { left.order == right.order }
    }

    private var appointments = Heap<Appointment>()
    private var count: UInt64 = 0
    private var stepsAtOnce = 0
    /// How many appointments may be kept at one instant; more mean that somebody waits for time that does not pass.
    static let maximumStepsAtOnce = 1_000_000
    /// Whether that happened.
    private(set) var isStuck = false
    /// Milliseconds since the world began.
    private(set) var milliseconds: Int64 = 0
    /// How often chance decided when something happens, and with it what comes before what.
    private(set) var decisions = 0
    /// What the wall clock says beyond that; jumps when somebody sets the clock.
    var wallOffsetMilliseconds: Int64

    init(startingAt time: UnixTime) { wallOffsetMilliseconds = time.milliseconds }

    /// What the wall clock says.
    var wall: UnixTime { UnixTime(milliseconds: milliseconds + wallOffsetMilliseconds) }

    /// Now, for a part whose uptime counts from the world's beginning.
    var moment: Moment { Moment(time: wall, uptime: Uptime(milliseconds: milliseconds)) }

    /// Makes an appointment; a past time means now.
    func at(_ time: Int64, _ job: @escaping @Sendable () -> Void) {
        count += 1
        appointments.insert(Appointment(at: max(time, milliseconds), order: count, job: job))
    }

    /// Makes an appointment in so many milliseconds.
    func after(_ delay: Int64, _ job: @escaping @Sendable () -> Void) { at(milliseconds + delay, job) }

    /// Lets chance decide how long something takes.
    func chance(_ range: ClosedRange<Int64>, _ randomness: inout Randomness) -> Int64 {
        decisions += 1
        return randomness.number(range)
    }

    /// Lets time pass in which nobody keeps an appointment; they are kept late.
    func pass(milliseconds span: Int64) { milliseconds += span }

    /// Drops all appointments, and with them what they hold on to.
    func forget() { appointments = Heap() }

    /// Keeps the next appointment, unless it is later than `end`.
    func step(until end: Int64) -> Bool {
        guard !isStuck, let next = appointments.min, next.at <= end else { return false }
        _ = appointments.popMin()
        stepsAtOnce = next.at == milliseconds ? stepsAtOnce + 1 : 0
        isStuck = stepsAtOnce > Self.maximumStepsAtOnce
        milliseconds = max(milliseconds, next.at)
        next.job()
        return true
    }
}
