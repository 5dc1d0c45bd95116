import Foundation
import TwinCore
import TwinRuntime

/// One batch on its way to PostgreSQL: the pieces of a transaction, made off the loop.
struct FeedShipment: Sendable {
    /// The rows of one table.
    private struct Rows {
        let table: String
        let columns: String
        let pieces: [[UInt8]]
    }

    private static let dayMilliseconds: Int64 = 86_400_000
    private static let eventColumns = "position, event_time, uptime_ms, device_id, kind, body"
    private static let safetyColumns = "position, event_time, uptime_ms, device_id, kind, hash, body"

    /// Where it begins and ends.
    let from: FeedCheckpoint
    let through: FeedCheckpoint
    /// How many facts and samples it brings.
    let rowCount: Int
    /// How many commands and twins it brings.
    let recordCount: Int
    /// When the earliest of its rows was received; `nil` without rows.
    private let began: UnixTime?
    private let replayFrom: Int64
    /// Tells its last row from others with the same number; `nil` without rows.
    private let seal: Int64?
    /// Its only row, for a person; `nil` when it has several or none.
    private let onlyRow: (number: UInt64, device: String)?
    /// The UTC days of its readings, in days since 1970, as far as a clock can be right about them.
    let days: Set<Int64>
    /// What listeners are told of it.
    let notice: FeedNotice
    private let line: JournalLine
    private let rows: [Rows]
    private let records: [PostgresStep]

    /// Puts a batch into PostgreSQL's form.
    ///
    /// - Parameter sensors: Knows every sensor of the batch.
    init(
        _ batch: FeedBatch, after from: FeedCheckpoint, of line: JournalLine, _ sensors: FeedSensors
    ) throws {
        self.from = from
        through = batch.through
        self.line = line
        rowCount = batch.rowCount
        recordCount = batch.recordCount
        began = Self.began(batch)
        replayFrom = Int64(clamping: batch.replayFrom)
        seal = FeedSeal.of(batch, at: batch.through.sequence)
        onlyRow = Self.onlyRow(batch)
        days = Self.days(of: batch.readings)
        rows = [
            try Self.readings(batch.readings, line, sensors), Self.events(batch, line), Self.safety(batch, line),
        ]
        .compactMap { $0 }
        let before = line.base + Int64(from.sequence)
        let position = line.position(of: batch.through.sequence)
        notice = FeedNotice(batch, after: before, through: position, of: line.id)
        records =
            Self.noteStep(batch.readings, after: before, through: position)
            + Self.noteTime(batch, of: line) + (try Self.commands(batch.commands, position))
            + (try TwinRows.steps(batch.twins.map(\.snapshot), position))
            + PastRows.steps(batch, line) + PastRows.originals(batch.readings, line, sensors)
    }

    /// The transaction that brings it.
    ///
    /// - Parameter isStaged: Whether the rows go through tables of the transaction's own, so that those which are
    ///   stored already are left out. Slower; a plain COPY fails at the first of them.
    func steps(isStaged: Bool) -> [PostgresStep] {
        let advance = PostgresStep.statement(
            FeedStatements.advance,
            [
                .text(line.id), .integer(Int64(from.sequence)), .integer(Int64(through.sequence)),
                .integer(from.change), .integer(through.change), .time(began), .integer(replayFrom), .integer(seal),
            ])
        let copies = rows.flatMap { rows -> [PostgresStep] in
            guard isStaged else { return [.copy(FeedStatements.copy(rows.columns, into: rows.table), rows.pieces)] }
            return [
                .script(FeedStatements.stage(rows.table)),
                .copy(FeedStatements.copy(rows.columns, into: "feed_\(rows.table)"), rows.pieces),
                .statement(FeedStatements.merge(rows.columns, into: rows.table)),
            ]
        }
        return [advance] + copies + records
    }

    /// A refusal, with the row that it is about, and what can be done, where that is certain.
    func explained(_ failure: PostgresFailure) -> PostgresFailure {
        guard failure.kind == .refused, !failure.isRetriable, failure.sqlState != FeedStatements.movedState,
            let (number, device) = onlyRow
        else { return failure }
        let what = "row \(number) of the journal (of \(device))" + (recordCount > 0 ? " or a record with it" : "")
        return PostgresFailure(
            failure.kind, sqlState: failure.sqlState,
            "PostgreSQL refuses \(what): \(failure.message). To have the rest fed without that row: "
                + "`doppel admin skip --row \(number) --although-readable`.")
    }

    private static func onlyRow(_ batch: FeedBatch) -> (number: UInt64, device: String)? {
        guard batch.rowCount == 1 else { return nil }
        if let fact = batch.facts.first { return (fact.sequence, fact.fact.device?.description ?? "the site") }
        return batch.readings.first.map { reading in
            let sensor = batch.sensors.first { $0.number == reading.sensor }
            return (reading.sequence, sensor?.device.description ?? "an unknown device")
        }
    }

    /// The transaction that corrects readings which were computed again; those that are not stored are left alone.
    static func corrections(
        _ readings: [FeedReading], of line: JournalLine, _ sensors: FeedSensors
    ) throws -> [PostgresStep] {
        guard let rows = try Self.readings(readings, line, sensors) else { return [] }
        let numbers = readings.map { Int64(sensors[$0.sensor]?.number ?? 0) }
        return PastRows.originals(readings, line, sensors) + [
            .script(FeedStatements.stage(rows.table)),
            .copy(FeedStatements.copy(rows.columns, into: "feed_\(rows.table)"), rows.pieces),
            .statement(FeedStatements.weighCorrections),
        ]
            + spans(of: readings).map {
                .statement(FeedStatements.correct, [.time($0.lowerBound), .time($0.upperBound)])
            }
            + [
                .statement(
                    FeedStatements.noteCorrected,
                    [.integers(numbers), .integers(readings.map(\.sample.eventTime.milliseconds))])
            ]
    }

    /// The spans of event times that readings have, one for each partition.
    private static func spans(of readings: [FeedReading]) -> [ClosedRange<UnixTime>] {
        let days = Dictionary(grouping: readings.map(\.sample.eventTime), by: day)
        return days.sorted { $0.key < $1.key }.compactMap { _, times in
            guard let first = times.min(), let last = times.max() else { return nil }
            return first...last
        }
    }

    /// The UTC day of a time, in days since 1970.
    private static func day(of time: UnixTime) -> Int64 {
        Int64((Double(time.milliseconds) / Double(dayMilliseconds)).rounded(.down))
    }

    private static func readings(
        _ readings: [FeedReading], _ line: JournalLine, _ sensors: FeedSensors
    ) throws -> Rows? {
        guard !readings.isEmpty else { return nil }
        var copy = ReadingCopy()
        for reading in readings {
            guard let sensor = sensors[reading.sensor] else {
                throw PostgresFailure(
                    .misused, "the journal's reading \(reading.sequence) is of a sensor without a name")
            }
            copy.append(
                reading, position: line.position(of: reading.sequence), sensor: sensor.number, usualUnit: sensor.unit)
        }
        return Rows(table: "sensor_readings", columns: ReadingCopy.columns, pieces: copy.finish())
    }

    private static func events(_ batch: FeedBatch, _ line: JournalLine) -> Rows? {
        rows(of: batch.facts.filter { $0.safetyHash == nil }, line, "events", eventColumns, 6)
    }

    private static func safety(_ batch: FeedBatch, _ line: JournalLine) -> Rows? {
        rows(of: batch.facts.filter { $0.safetyHash != nil }, line, "safety_records", safetyColumns, 7)
    }

    private static func rows(
        of facts: [FeedFact], _ line: JournalLine, _ table: String, _ columns: String, _ columnCount: Int
    ) -> Rows? {
        guard !facts.isEmpty else { return nil }
        var writer = CopyWriter(columns: columnCount)
        for fact in facts {
            writer.beginRow()
            writer.integer8(line.position(of: fact.sequence))
            writer.time(fact.fact.moment.time)
            writer.integer8(fact.fact.moment.uptime.milliseconds)
            if let device = fact.fact.device { writer.text(device.description) } else { writer.null() }
            writer.text(fact.fact.event.kind)
            if let hash = fact.safetyHash { writer.bytes(hash) }
            writer.text(fact.body)
        }
        return Rows(table: table, columns: columns, pieces: writer.finish())
    }

    /// When its rows were received, the earliest of them by the wall clock, which may have been set back meanwhile.
    private static func began(_ batch: FeedBatch) -> UnixTime? {
        let facts = batch.facts.lazy.map(\.fact.moment.time).min()
        let readings = batch.readings.lazy.map(\.moment.time).min()
        return [facts, readings].compactMap(\.self).min()
    }

    private static func noteStep(_ readings: [FeedReading], after: Int64, through: Int64) -> [PostgresStep] {
        let times = readings.lazy.map(\.sample.eventTime)
        guard let earliest = times.min(), let latest = times.max() else { return [] }
        return [
            .statement(
                FeedStatements.noteStep, [.integer(after), .integer(through), .time(earliest), .time(latest)])
        ]
    }

    /// Retention goes by it, so that it does not overtake a feed that has fallen behind.
    private static func noteTime(_ batch: FeedBatch, of line: JournalLine) -> [PostgresStep] {
        let reading = batch.readings.last.map { ($0.sequence, $0.moment.time) }
        let fact = batch.facts.last.map { ($0.sequence, $0.fact.moment.time) }
        guard let last = [reading, fact].compactMap(\.self).max(by: { $0.0 < $1.0 }) else { return [] }
        return [.statement(FeedStatements.noteTime, [.text(line.id), .integer(last.1.milliseconds)])]
    }

    private static func commands(_ records: [CommandRecord], _ position: Int64) throws -> [PostgresStep] {
        guard !records.isEmpty else { return [] }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return [
            .statement(
                FeedStatements.commands,
                [
                    .texts(records.map { StoredText.column($0.order.id.description) }),
                    .texts(records.map(\.device.description)), .integers(records.map { Int64($0.gpio.number) }),
                    .integers(records.map(\.order.issuedAt.milliseconds)), .texts(records.map(\.state.rawValue)),
                    .texts(try records.map { String(decoding: try encoder.encode($0), as: UTF8.self) }),
                    .integer(position),
                ])
        ]
    }

    /// A reading's day gets a partition unless its clock is far off; then the default partition takes it.
    private static func days(of readings: [FeedReading]) -> Set<Int64> {
        var days: Set<Int64> = []
        for reading in readings {
            let distance = abs(reading.sample.eventTime.milliseconds - reading.sample.receiptTime.milliseconds)
            if distance <= 2 * dayMilliseconds { days.insert(day(of: reading.sample.eventTime)) }
        }
        return days
    }
}
