import Synchronization
import TwinCore

/// Makes partitions before they are needed, and for days that would fill the default partition.
///
/// Each partition that is made has PostgreSQL read through the default one, and nobody stores there meanwhile. A feed
/// makes partitions for days near the receipt only, so a fleet whose clocks run ahead for days would fill it. Therefore
/// days with many rows there get their own partition, soon; a clock that is off by itself does not.
final class PartitionUpkeep: Sendable {
    /// How many days beforehand partitions are made.
    static let daysAhead: Int64 = 3
    /// How many readings of one day are too many for the default partition.
    static let rowsOfDay: Int64 = 10_000
    /// After how many bytes more it is looked through again.
    static let growthBytes: Int64 = 8 << 20
    /// How many days one look takes out of it, those with the most rows first.
    static let daysPerLook: Int64 = 8
    /// How long moving a day may take, in milliseconds: what is moved stays where it is if that is not enough.
    static let moveDeadlineMilliseconds: Int64 = 600_000

    private let link: PostgresLink
    /// The size of the default partition when it was last looked through, in bytes.
    private let seenBytes = Mutex<Int64>(0)

    init(_ link: PostgresLink) { self.link = link }

    /// Makes those of the next days.
    func makeAhead(at now: UnixTime) async throws(PostgresFailure) {
        _ = try await link.query(
            Self.ensure, [.time(now), .time(now.advanced(byMilliseconds: Self.daysAhead * 86_400_000))],
            deadlineMilliseconds: RetentionUpkeep.deadlineMilliseconds)
    }

    /// Takes days with many rows out of the default partition, if it has grown or `isDue`.
    func spread(isDue: Bool) async throws(PostgresFailure) {
        let size = try await bytes()
        guard isDue || size >= seenBytes.withLock({ $0 }) + Self.growthBytes else { return }
        let days = try await link.query(
            Self.fullDays, [.integer(Self.rowsOfDay), .integer(Self.daysPerLook)],
            deadlineMilliseconds: RetentionUpkeep.deadlineMilliseconds)
        var isDone = days.count < Self.daysPerLook
        for row in 0..<days.count {
            let day = try days.moment(row, 0)
            let made = try await link.query(
                Self.ensure, [.time(day), .time(day)], deadlineMilliseconds: Self.moveDeadlineMilliseconds)
            if try made.wholeNumber(0, 0) == 0 { isDone = false }
        }
        // What could not be done just now is tried again with the next look.
        if isDone { seenBytes.withLock { $0 = size } }
    }

    private func bytes() async throws(PostgresFailure) -> Int64 {
        try await link.query("SELECT pg_relation_size('sensor_readings_default')").wholeNumber(0, 0)
    }

    private static let ensure = "SELECT ensure_partitions($1, $2)"

    private static let fullDays = """
        SELECT date_trunc('day', event_time, 'UTC') AS day FROM sensor_readings_default
        WHERE event_time >= '1970-01-01 00:00Z' AND event_time < '10000-01-01 00:00Z'
        GROUP BY day HAVING count(*) >= $1 ORDER BY count(*) DESC, day LIMIT $2
        """
}
