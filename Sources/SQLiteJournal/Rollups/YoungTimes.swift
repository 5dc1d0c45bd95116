import GRDB
import Synchronization
import TwinCore

/// Which event times the readings have that no rollup was made of, so that a question about others looks at none.
///
/// What is noted is never too little. A reading's time is noted before its commit takes effect, and forgotten when the
/// mark that the rollups know it has been committed. Who asks before a read begins is therefore told of all that had
/// been stored by then; what is stored later is later than the question.
final class YoungTimes: Sendable {
    /// Readings that were stored one after the other.
    private struct Stretch {
        /// The last one's sequence.
        var through: Int64
        var count: Int
        var times: ClosedRange<Int64>
    }

    /// How many readings a stretch has at most.
    static let readingsPerStretch = HistoryBacklog.chunk
    /// How many stretches there are at most; what comes then widens the last one.
    static let maximumStretches = 64

    private let stretches: Mutex<[Stretch]>

    /// Begins with readings of earlier runs, whose times nobody knows.
    ///
    /// - Parameters:
    ///   - rolled: The sequence up to which rollups are made.
    ///   - known: The sequence behind which all readings will be noted.
    init(rolled: Int64, known: Int64) {
        let unknown = Stretch(through: known, count: Self.readingsPerStretch, times: .min ... .max)
        stretches = Mutex(rolled < known ? [unknown] : [])
    }

    /// Takes note of readings that are about to be committed, in the order of their sequences.
    func note(_ entries: [HistoryBacklog.Entry]) {
        guard let first = entries.first, let last = entries.last else { return }
        var times = first.event...first.event
        for entry in entries { times = Self.joined(times, entry.event...entry.event) }
        stretches.withLock { stretches in
            guard var latest = stretches.last,
                latest.count + entries.count <= Self.readingsPerStretch || stretches.count == Self.maximumStretches
            else { return stretches.append(Stretch(through: last.sequence, count: entries.count, times: times)) }
            latest.through = last.sequence
            latest.count += entries.count
            latest.times = Self.joined(latest.times, times)
            stretches[stretches.count - 1] = latest
        }
    }

    /// Forgets the readings up to a sequence; rollups know them.
    func forget(through rolled: Int64) { stretches.withLock { $0.removeAll { $0.through <= rolled } } }

    /// Whether some reading may have an event time from one time on and before another.
    func overlap(_ from: UnixTime, _ to: UnixTime) -> Bool {
        stretches.withLock { stretches in
            stretches.contains { $0.times.lowerBound < to.milliseconds && $0.times.upperBound >= from.milliseconds }
        }
    }

    private static func joined(_ one: ClosedRange<Int64>, _ other: ClosedRange<Int64>) -> ClosedRange<Int64> {
        min(one.lowerBound, other.lowerBound)...max(one.upperBound, other.upperBound)
    }
}
