import GRDB
import TwinCore
import TwinRuntime

/// Computes stored samples again: first notes which rows there are, then does a bounded number with each transaction.
struct Recomputation: Sendable {
    /// How many rows one transaction looks at; commits come between two of them.
    static let rowsPerTransaction = 512

    private let sensor: Int64
    private let unit: String
    private var sequences: ArraySlice<Int64>
    private let compute: @Sendable (Sample) -> Sample
    private let calendar: SiteCalendar

    /// What was done so far.
    private(set) var receipt = RecomputationReceipt(examined: 0, changed: 0)

    /// Whether everything is done.
    var isDone: Bool { sequences.isEmpty }

    /// Notes which rows there are.
    ///
    /// - Throws: ``JournalFailure`` when there are more than one query may cover.
    init(
        _ query: RecomputationQuery, _ calendar: SiteCalendar, _ compute: @escaping @Sendable (Sample) -> Sample,
        _ db: Database
    ) throws {
        self.compute = compute
        self.calendar = calendar
        let row = try Row.fetchOne(
            db, sql: "SELECT id, unit FROM sensors WHERE device = ? AND gpio = ? AND type = ? AND address = ?",
            arguments: [
                query.device.description, Int(query.sensor.gpio.number), StoredText.column(query.sensor.type),
                query.sensor.address.column,
            ])
        sensor = row?[0] ?? 0
        unit = row.map { StoredText.text($0[1]) } ?? ""
        // What is younger than the mark may be in `history` or not; UNION takes each row once.
        let found = try Int64.fetchAll(
            db,
            sql: """
                SELECT sequence FROM history
                WHERE sensor_id = :sensor AND event_ms >= :from AND event_ms < :to AND sequence <= :last
                UNION SELECT sequence FROM readings
                WHERE sequence > :through AND sequence <= :last AND sensor_id = :sensor
                    AND event_ms >= :from AND event_ms < :to
                LIMIT :limit
                """,
            arguments: [
                "sensor": sensor, "from": query.from.milliseconds, "to": query.to.milliseconds,
                "last": Int64(query.through), "through": try Schema.mark(Schema.Mark.historyThrough, db),
                "limit": RecomputationQuery.maximumSamples + 1,
            ])
        guard found.count <= RecomputationQuery.maximumSamples else {
            throw JournalFailure(
                "more than \(RecomputationQuery.maximumSamples) samples lie in that span. Nothing was changed. "
                    + "Ask for a shorter span, and then for the next.")
        }
        sequences = found[...]
    }

    /// Does the next rows in one transaction.
    mutating func proceed(_ db: Database) throws {
        let block = sequences.prefix(Self.rowsPerTransaction)
        var done = receipt
        try db.inTransaction(.immediate) {
            var marking = StaleMarking(calendar)
            for sequence in block {
                done.examined += 1
                if try recompute(sequence, &marking, db) { done.changed += 1 }
            }
            return .commit
        }
        receipt = done
        sequences = sequences.dropFirst(block.count)
    }

    private func recompute(_ sequence: Int64, _ marking: inout StaleMarking, _ db: Database) throws -> Bool {
        let select = try db.cachedStatement(sql: "SELECT \(ReadingRow.columns), seal FROM readings WHERE sequence = ?")
        guard let row = try Row.fetchOne(select, arguments: [sequence]) else { return false }
        // A damaged row keeps its broken seal: a new one would say that all is well.
        let seal: Int64? = row[ReadingRow.columnCount]
        guard try seal == nil || seal == SealedTable.readings.seal(row, from: 0, count: ReadingRow.columnCount) else {
            return false
        }
        let old = try ReadingRow(row, unit: unit).sample
        let new = compute(old)
        guard new != old else { return false }
        // A look at the past shows what was shown then.
        try db.cachedStatement(
            sql: """
                INSERT OR IGNORE INTO original_readings (sequence, value, unit, quality, model, calibration)
                SELECT sequence, value, unit, quality, model, calibration FROM readings WHERE sequence = ?
                """
        ).execute(arguments: [sequence])
        let update = try db.cachedStatement(
            sql: "UPDATE readings SET value = ?, unit = ?, quality = ?, model = ?, calibration = ? WHERE sequence = ?")
        try update.execute(arguments: [
            new.value, new.unit == unit ? nil : StoredText.column(new.unit), new.quality.column,
            new.model.map { Int64($0.version) }, new.model.flatMap { $0.calibration > 0 ? Int64($0.calibration) : nil },
            sequence,
        ])
        try SealedTable.readings.sealAgain(sequence, db)
        // Its rollups are made again, and another store that has it takes it once more.
        try marking.mark(new.eventTime, sensor, from: .minute, db)
        try db.cachedStatement(sql: "INSERT INTO changed_readings (sequence) VALUES (?) ON CONFLICT DO NOTHING")
            .execute(arguments: [sequence])
        return true
    }
}
