import GRDB
import TwinCore
import TwinRuntime

/// Fetches for a ``RollupPlan`` what one sensor's rollups and samples hold, within one read transaction.
struct RollupReader {
    /// Which samples count.
    enum Scope {
        /// All that are stored; and whether some of what is asked for may be younger than the rollups.
        case everything(hasYoung: Bool)
        /// Those up to a sequence, which `history` leads to; for making rollups.
        case rolled(through: Int64)
    }

    /// How many readings are looked through by sequence, rather than by sensor, for those that no rollup knows.
    ///
    /// More are between the two marks only while rollups of an older file are made for the first time.
    private static let sequencesPerScan: Int64 = 4 * Int64(HistoryBacklog.chunk)

    private let db: Database
    private let sensor: Int64
    private let unit: String
    private let scope: Scope
    private let historyThrough: Int64
    private let rolledThrough: Int64
    /// What the table `history` does not lead to, by event time and sequence.
    private var loose: [Loose] = []

    private struct Loose {
        let time: UnixTime
        let sequence: Int64
        let unit: String
        let point: Bucket.Point?
    }

    /// Reads for one sensor.
    ///
    /// - Parameters:
    ///   - sensor: Its number.
    ///   - unit: The unit of samples that name none.
    init(_ sensor: Int64, unit: String, _ scope: Scope, _ db: Database) throws {
        self.db = db
        self.sensor = sensor
        self.unit = unit
        self.scope = scope
        historyThrough = try Schema.mark(Schema.Mark.historyThrough, db)
        rolledThrough = try Schema.mark(Schema.Mark.rolledThrough, db)
    }

    /// What the journal still has.
    static func kept(_ db: Database) throws -> RollupPlan.Kept {
        RollupPlan.Kept(
            readingsFrom: UnixTime(milliseconds: try Schema.mark(Schema.Mark.readingsFrom, db)),
            rollupsFrom: UnixTime(milliseconds: try Schema.mark(Schema.Mark.rollupsFrom, db)))
    }

    /// The answer to a question.
    ///
    /// - Parameter hasYoung: Whether readings may lie in the span that no rollup knows.
    static func buckets(
        _ query: BucketQuery, calendar: SiteCalendar, hasYoung: Bool, _ db: Database
    ) throws -> [Bucket] {
        var plan = RollupPlan(query.resolution, over: query.span, calendar: calendar, kept: try kept(db))
        var reader = try Self(query.sensor.number, unit: query.sensor.unit, .everything(hasYoung: hasYoung), db)
        try reader.complete(&plan)
        return plan.buckets
    }

    /// Fetches until the plan has everything.
    mutating func complete(_ plan: inout RollupPlan) throws {
        var fetches = plan.next()
        while !fetches.isEmpty {
            for fetch in fetches { try carryOut(fetch, &plan) }
            fetches = plan.next()
        }
    }

    private mutating func carryOut(_ fetch: RollupPlan.Fetch, _ plan: inout RollupPlan) throws {
        switch fetch {
        case .stale(let level, let span):
            let statement = try db.cachedStatement(
                sql: """
                    SELECT start_ms FROM stale_rollups
                    WHERE level = ? AND sensor_id = ? AND start_ms >= ? AND start_ms < ?
                    """)
            let starts = try Int64.fetchCursor(statement, arguments: arguments(level, span))
            while let start = try starts.next() { plan.take(stale: UnixTime(milliseconds: start), of: level) }
        case .young(let span):
            guard case .everything(hasYoung: true) = scope else { return }
            try fetchLoose(span)
            for reading in loose { plan.take(young: reading.time) }
            try fetchUnrolled(span) { plan.take(young: $0) }
        case .buckets(let level, let spans):
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(RollupRow.valueColumns) FROM rollups
                    WHERE level = ? AND sensor_id = ? AND start_ms >= ? AND start_ms < ? ORDER BY start_ms, unit
                    """)
            for span in spans {
                let rows = try Row.fetchCursor(statement, arguments: arguments(level, span))
                while let row = try rows.next() { plan.take(RollupRow.bucket(row)) }
            }
        case .samples(let spans):
            for span in spans {
                try fetchSamples(span) { plan.take($0, unit: $1) }
            }
        }
    }

    private func arguments(_ level: RollupLevel, _ span: Range<UnixTime>) -> StatementArguments {
        [level.rawValue, sensor, span.lowerBound.milliseconds, span.upperBound.milliseconds]
    }

    private mutating func fetchLoose(_ span: Range<UnixTime>) throws {
        let statement = try db.cachedStatement(
            sql: """
                SELECT event_ms, value, unit, quality, sequence FROM readings
                WHERE sequence > ? AND sensor_id = ? AND event_ms >= ? AND event_ms < ? ORDER BY event_ms, sequence
                """)
        let rows = try Row.fetchCursor(
            statement,
            arguments: [historyThrough, sensor, span.lowerBound.milliseconds, span.upperBound.milliseconds])
        while let row = try rows.next() {
            let point = try Self.point(row)
            loose.append(
                Loose(
                    time: UnixTime(milliseconds: row[0]), sequence: row[4], unit: text(row[2]), point: point))
        }
    }

    /// Finds the readings that `history` leads to and that no rollup was made of.
    private func fetchUnrolled(_ span: Range<UnixTime>, _ found: (UnixTime) -> Void) throws {
        guard rolledThrough < historyThrough else { return }
        let isShort = historyThrough - rolledThrough <= Self.sequencesPerScan
        let statement = try db.cachedStatement(
            sql: """
                SELECT DISTINCT \(RollupRow.minute) FROM \(isShort ? "readings" : "history")
                WHERE sequence > ? AND sequence <= ? AND sensor_id = ? AND event_ms >= ? AND event_ms < ?
                """)
        let times = try Int64.fetchCursor(
            statement,
            arguments: [
                rolledThrough, historyThrough, sensor, span.lowerBound.milliseconds, span.upperBound.milliseconds,
            ])
        while let time = try times.next() { found(UnixTime(milliseconds: time)) }
    }

    /// What the samples of a span add to buckets, in the order of event time and storing.
    private func fetchSamples(_ span: Range<UnixTime>, _ take: (Bucket.Point, String) -> Void) throws {
        let through = if case .rolled(let through) = scope { through } else { historyThrough }
        var waiting = loose.drop { $0.time < span.lowerBound }.prefix { $0.time < span.upperBound }
        let statement = try db.cachedStatement(
            sql: """
                SELECT history.event_ms, value, unit, quality FROM history
                JOIN readings ON readings.sequence = history.sequence
                WHERE history.sensor_id = ? AND history.event_ms >= ? AND history.event_ms < ?
                    AND history.sequence <= ?
                ORDER BY history.event_ms, history.sequence
                """)
        let rows = try Row.fetchCursor(
            statement, arguments: [sensor, span.lowerBound.milliseconds, span.upperBound.milliseconds, through])
        while let row = try rows.next() {
            let time = UnixTime(milliseconds: row[0])
            // Loose ones have higher sequences than all others, so at one event time they come last.
            while let next = waiting.first, next.time < time {
                if let point = next.point { take(point, next.unit) }
                waiting.removeFirst()
            }
            if let point = try Self.point(row) { take(point, text(row[2])) }
        }
        for next in waiting { if let point = next.point { take(point, next.unit) } }
    }

    /// What a reading adds to a bucket, from its event time, value, unit and quality.
    private static func point(_ row: Row) throws -> Bucket.Point? {
        let number: Int64 = row[3]
        guard let quality = Quality(column: number) else {
            let time: Int64 = row[0]
            throw JournalFailure.unreadable("row event_ms=\(time) of readings", ColumnFault("quality", number))
        }
        return Bucket.Point(time: UnixTime(milliseconds: row[0]), value: row[1], quality)
    }

    private func text(_ column: String?) -> String { column.map { StoredText.text($0) } ?? unit }
}
