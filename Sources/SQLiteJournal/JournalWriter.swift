import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// What stores batches, and what it remembers from one to the next.
///
/// Used on the journal's queue alone, which is what makes it safe to hand around; what it remembers changes only when
/// a transaction was committed.
final class JournalWriter: @unchecked Sendable {
    private var sensors: SensorRegistry
    private var chain: SafetyChain
    private var backlog: HistoryBacklog
    private var floor = ReplayFloor()
    /// Used by everybody.
    let young: YoungTimes
    /// The number of the last change of a command or a twin, present or past; one that was rolled back is not used again.
    private var change: Int64
    private var past: PastSnapshots
    private var turns: ClockTurns
    /// Only recovery has seen the facts of earlier runs; before it, the stored mark must stay.
    private var isFloorKnown = false
    /// Whether the connections are gone; nothing may be written any more.
    var isClosed = false
    private let maximumDeadLetters: Int
    private let encoder = JSONEncoder()

    /// Reads what the writer must remember from the tables.
    init(_ db: Database, _ options: JournalOptions) throws {
        maximumDeadLetters = options.maximumDeadLetters
        backlog = HistoryBacklog(chunk: options.readingsPerChunk)
        past = PastSnapshots(options)
        encoder.outputFormatting = .withoutEscapingSlashes
        sensors = try SensorRegistry(db)
        change = try FeedReader.lastChange(db)
        chain = try SafetyChain(db)
        turns = ClockTurns(latest: try PastInstants(db: db).moment(through: .max)?.moment.time.milliseconds ?? 0)
        let through = try Schema.mark(Schema.Mark.historyThrough, db)
        young = YoungTimes(rolled: try Schema.mark(Schema.Mark.rolledThrough, db), known: through)
        let rows = try Row.fetchCursor(
            db, sql: "SELECT sensor_id, event_ms, sequence FROM readings WHERE sequence > ? ORDER BY sequence",
            arguments: [through])
        var entries: [HistoryBacklog.Entry] = []
        while let row = try rows.next() {
            entries.append(HistoryBacklog.Entry(sensor: row[0], event: row[1], sequence: row[2]))
        }
        young.note(entries)
        backlog.append(entries)
    }

    /// Reads what is needed to rebuild every twin.
    func recover(_ db: Database) throws -> Recovery {
        let (recovery, floor) = try RecoveryReader(sensors: sensors).read(db)
        self.floor = floor
        isFloorKnown = true
        return recovery
    }

    /// Stores a batch in one transaction.
    func commit(_ batch: Batch, _ db: Database) throws -> CommitReceipt {
        var receipt = CommitReceipt(storedSamples: 0, duplicateSamples: 0)
        var entries: [HistoryBacklog.Entry] = []
        var slice: HistoryBacklog.Slice?
        let turnsBefore = turns
        let whole = Set(batch.snapshots.map(\.device.address.device))
        do {
            try db.inTransaction(.immediate) {
                let readings = try insertFacts(batch, db)
                entries = try insert(readings, db)
                young.note(entries)
                receipt.storedSamples = entries.count
                receipt.duplicateSamples = readings.count - entries.count
                slice = backlog.slice(forReadings: receipt.storedSamples)
                if let slice { try insert(slice, db) }
                try upsert(batch.commands, db)
                try upsert(batch.snapshots, lastSequence: batch.lastSequence, db)
                if !whole.isEmpty && isFloorKnown {
                    let replayFrom = floor.sequence(without: whole, next: batch.lastSequence + 1)
                    try Schema.set(Schema.Mark.replayFrom, to: Int64(replayFrom), db)
                }
                try insert(batch.deadLetters, db)
                return .commit
            }
        } catch {
            sensors.rolledBack()
            chain.rolledBack()
            past.rolledBack()
            turns = turnsBefore
            throw error
        }
        sensors.committed()
        chain.committed()
        past.committed()
        floor.forget(whole)
        if let slice { backlog.remove(slice) }
        backlog.append(entries)
        return receipt
    }

    private func insertFacts(_ batch: Batch, _ db: Database) throws -> [ReadingRow] {
        var readings: [ReadingRow] = []
        readings.reserveCapacity(batch.facts.count)
        let facts = try db.cachedStatement(
            sql: """
                INSERT INTO facts (sequence, device, kind, unix_ms, uptime_ms, body, seal) VALUES (?, ?, ?, ?, ?, ?, ?)
                """)
        for (offset, fact) in batch.facts.enumerated() {
            let sequence = batch.firstSequence + UInt64(offset)
            if let device = fact.device { floor.note(device, sequence) }
            try turns.note(fact.moment.time, sequence, db)
            switch fact.event {
            case .sensor(let key, .sampled(let sample)):
                guard let device = fact.device else { preconditionFailure("a sample of no device: \(fact)") }
                let sensor = try sensors.entry(.init(device: device, key: key), unit: sample.unit, db)
                readings.append(
                    ReadingRow(
                        sample, sequence: Int64(sequence), sensor: sensor.id, at: fact.moment,
                        ownUnit: sample.unit == sensor.unit ? nil : sample.unit))
            case .site, .device, .sensor, .actuator:
                let row = FactRow(fact, sequence: Int64(sequence), body: try json(fact.event))
                try facts.execute(arguments: [
                    row.sequence, row.device, row.kind, row.unixMilliseconds, row.uptimeMilliseconds, row.body,
                    row.seal,
                ])
                if fact.event.isSafetyRecord { try chain.append(row, db) }
            }
        }
        try chain.storeHead(db)
        return readings
    }

    /// Stores readings, and says which of them had not been stored before.
    private func insert(_ readings: [ReadingRow], _ db: Database) throws -> [HistoryBacklog.Entry] {
        var stored: [HistoryBacklog.Entry] = []
        stored.reserveCapacity(readings.count)
        try ReadingRow.insertion.insert(readings[...], db, bind: { $0.bind($1) }) { block, count in
            guard let first = block.first, let last = block.last else { return }
            // Only a block with a duplicate in it has to be looked through.
            let sequences: Set<Int64>? =
                count == block.count
                ? nil
                : try Int64.fetchSet(
                    db, sql: "SELECT sequence FROM readings WHERE sequence BETWEEN ? AND ?",
                    arguments: [first.sequence, last.sequence])
            for reading in block where sequences?.contains(reading.sequence) ?? true {
                stored.append(
                    .init(
                        sensor: reading.sensor, event: reading.sample.eventTime.milliseconds,
                        sequence: reading.sequence))
            }
        }
        return stored
    }

    private func insert(_ slice: HistoryBacklog.Slice, _ db: Database) throws {
        // A crash between two slices of a chunk leaves rows that the next run enters once more.
        try HistoryBacklog.insertion.insert(slice.entries, db) { entry, place in
            place.bind(entry.sensor, 1)
            place.bind(entry.event, 2)
            place.bind(entry.sequence, 3)
        }
        if let through = slice.completesThrough { try Schema.set(Schema.Mark.historyThrough, to: through, db) }
    }

    private func upsert(_ commands: [CommandRecord], _ db: Database) throws {
        guard !commands.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO commands (id, device, gpio, unix_ms, state, body, change, seal)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (id) DO UPDATE SET device = excluded.device, gpio = excluded.gpio,
                    unix_ms = excluded.unix_ms, state = excluded.state, body = excluded.body,
                    change = excluded.change, seal = excluded.seal
                """)
        for record in commands {
            change += 1
            try statement.execute(
                sealed: .commands,
                [
                    StoredText.column(record.order.id.description), record.device.description,
                    Int64(record.gpio.number), record.order.issuedAt.milliseconds, record.state.rawValue,
                    try json(record), change,
                ])
        }
    }

    private func upsert(_ snapshots: [DeviceSnapshot], lastSequence: UInt64, _ db: Database) throws {
        guard !snapshots.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO snapshots (device, last_sequence, body, change, seal) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT (device) DO UPDATE SET last_sequence = excluded.last_sequence, body = excluded.body,
                    change = excluded.change, seal = excluded.seal
                """)
        for snapshot in snapshots {
            let body = try json(snapshot)
            let device = snapshot.device.address.device
            try past.take(
                snapshot, body, Int64(lastSequence), at: turns.latest, firstFact: floor.oldest(of: device), &change, db)
            change += 1
            try statement.execute(sealed: .snapshots, [device.description, Int64(lastSequence), body, change])
        }
    }

    private func insert(_ letters: [DeadLetter], _ db: Database) throws {
        guard !letters.isEmpty else { return }
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO dead_letters (id, reason, detail, topic, payload, payload_length, receipt_ms, seal)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        let count = try db.cachedStatement(
            sql: """
                INSERT INTO refusal_counts (reason, count) VALUES (?, 1)
                ON CONFLICT (reason) DO UPDATE SET count = count + 1
                """)
        var id =
            try Int64.fetchOne(
                db.cachedStatement(sql: "SELECT seq FROM sqlite_sequence WHERE name = 'dead_letters'")) ?? 0
        for letter in letters {
            id += 1
            let reason = letter.refusal.reason.rawValue
            try statement.execute(
                sealed: .deadLetters,
                [
                    id, reason, StoredText.column(letter.refusal.detail), StoredText.column(letter.topic),
                    Data(letter.payload), Int64(letter.payloadLength), letter.receiptTime.milliseconds,
                ])
            try count.execute(arguments: [reason])
        }
        // Ids have no gaps, so the newest ones are those just below the last.
        try db.cachedStatement(sql: "DELETE FROM dead_letters WHERE id <= ?")
            .execute(arguments: [id - Int64(maximumDeadLetters)])
    }

    private func json(_ value: some Encodable) throws -> String {
        String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

extension Schema {
    /// Reads a mark.
    static func mark(_ name: String, _ db: Database) throws -> Int64 {
        let value = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT value FROM marks WHERE name = ?"), arguments: [name])
        guard let value else {
            throw JournalFailure.unreadable("row name=\(name) of marks", ColumnFault("value", "nothing"))
        }
        return value
    }

    /// Reads a mark that is there only since something happened.
    static func markIfSet(_ name: String, _ db: Database) throws -> Int64? {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT value FROM marks WHERE name = ?"), arguments: [name])
    }

    /// Moves a mark, or makes it.
    static func put(_ name: String, _ value: Int64, _ db: Database) throws {
        try db.cachedStatement(
            sql: "INSERT INTO marks (name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value"
        ).execute(arguments: [name, value])
    }

    /// Moves a mark.
    static func set(_ name: String, to value: Int64, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE marks SET value = ? WHERE name = ?").execute(arguments: [value, name])
    }
}
