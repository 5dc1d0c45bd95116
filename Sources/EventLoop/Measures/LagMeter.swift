import Synchronization
import TwinRuntime

/// The loop's measurements, written by the loop once a turn and read by anybody.
final class LagMeter: Sendable {
    private struct Readings {
        var turns = DurationHistogram()
        var timers = DurationHistogram()
    }

    private let readings = Mutex(Readings())

    /// How long turns took.
    var turns: DurationHistogram { readings.withLock { $0.turns } }
    /// How much later than their deadline timers ran.
    var timers: DurationHistogram { readings.withLock { $0.timers } }

    func turnTook(nanoseconds: UInt64) {
        readings.withLock { $0.turns.record(microseconds: nanoseconds / 1000) }
    }

    func timerWasLate(nanoseconds: UInt64) {
        readings.withLock { $0.timers.record(microseconds: nanoseconds / 1000) }
    }
}
