import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// Answers questions about what is stored, within one read transaction.
enum HistoryReader {
    /// The sensors that have a history, by device, pin, kind and address.
    static func sensors(_ query: SensorQuery, _ db: Database) throws -> [StoredSensor] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT id, device, gpio, type, address, unit FROM sensors
                WHERE device = :device AND (:gpio IS NULL OR gpio = :gpio) AND (:type IS NULL OR type = :type)
                ORDER BY gpio, type, address
                """,
            arguments: [
                "device": query.device.description, "gpio": query.gpio.map { Int($0.number) },
                "type": query.type.map { StoredText.column($0) },
            ])
        return try rows.map { row in
            let id: Int64 = row[0]
            let name = try SensorRegistry.Name(
                id: id, device: row[1], gpio: row[2], type: StoredText.text(row[3]), address: row[4])
            return StoredSensor(number: id, device: name.device, key: name.key, unit: StoredText.text(row[5]))
        }
    }

    /// Samples of one sensor, or of all of a pin, by event time.
    ///
    /// - Parameter hasYoung: Whether readings may lie in the span that `history` does not lead to.
    static func samples(_ query: SampleQuery, hasYoung: Bool, _ db: Database) throws -> [StoredSample] {
        guard query.limit > 0 else { return [] }
        let sensors = try sensors(SensorQuery(device: query.device, gpio: query.gpio, type: query.type), db)
            .filter { query.address == nil || $0.key.address == query.address }
        let through = hasYoung ? try Schema.mark(Schema.Mark.historyThrough, db) : .max
        var found: [StoredSample] = []
        for sensor in sensors { found += try samples(of: sensor, query, through: through, db) }
        // One sensor's samples are in order already; several sensors' are not.
        if sensors.count > 1 {
            switch query.order {
            case .newestFirst: found.sort { $0.place > $1.place }
            case .oldestFirst: found.sort { $0.place < $1.place }
            }
        }
        return Array(found.prefix(query.limit))
    }

    private static func samples(
        of sensor: StoredSensor, _ query: SampleQuery, through: Int64, _ db: Database
    ) throws -> [StoredSample] {
        let (order, behind) =
            switch query.order {
            case .newestFirst: ("event_ms DESC, sequence DESC", "<")
            case .oldestFirst: ("event_ms, sequence", ">")
            }
        let place = query.after == nil ? "" : "AND (event_ms, sequence) \(behind) (:event, :sequence)"
        let wanted =
            "sensor_id = :sensor AND event_ms >= :from AND event_ms < :to \(place) ORDER BY \(order) LIMIT :limit"
        // What is younger than the mark may be in `history` or not; IN takes each row once.
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(ReadingRow.columns) FROM readings WHERE sequence IN (
                    SELECT * FROM (SELECT sequence FROM history WHERE \(wanted))
                    UNION ALL SELECT * FROM (SELECT sequence FROM readings WHERE sequence > :through AND \(wanted)))
                ORDER BY \(order) LIMIT :limit
                """)
        var arguments: StatementArguments = [
            "sensor": sensor.number, "from": query.from?.milliseconds ?? .min, "to": query.to?.milliseconds ?? .max,
            "limit": query.limit, "through": through,
        ]
        if let after = query.after {
            arguments += ["event": after.eventTime.milliseconds, "sequence": Int64(after.number)]
        }
        let rows = try Row.fetchCursor(statement, arguments: arguments)
        var samples: [StoredSample] = []
        while let row = try rows.next() {
            let reading = try ReadingRow(row, unit: sensor.unit)
            samples.append(
                StoredSample(sensor: sensor, sample: reading.sample, sequence: UInt64(reading.sequence)))
        }
        return samples
    }

    /// The event times of a sensor's first and last sample.
    static func extent(of sensor: StoredSensor, _ db: Database) throws -> ClosedRange<UnixTime>? {
        let through = try Schema.mark(Schema.Mark.historyThrough, db)
        let row = try Row.fetchOne(
            db,
            sql: """
                SELECT min(low), max(high) FROM (
                    SELECT (SELECT min(event_ms) FROM history WHERE sensor_id = :sensor) AS low,
                           (SELECT max(event_ms) FROM history WHERE sensor_id = :sensor) AS high
                    UNION ALL SELECT min(event_ms), max(event_ms) FROM readings
                    WHERE sequence > :through AND sensor_id = :sensor)
                """, arguments: ["sensor": sensor.number, "through": through])
        guard let low: Int64 = row?[0], let high: Int64 = row?[1] else { return nil }
        return UnixTime(milliseconds: low)...UnixTime(milliseconds: high)
    }

    /// One command; `nil` when there is none.
    static func command(_ id: CommandID, _ db: Database) throws -> CommandRecord? {
        let body = try String.fetchOne(
            db, sql: "SELECT body FROM commands WHERE id = ?", arguments: [StoredText.column(id.description)])
        guard let body else { return nil }
        do {
            return try JSONDecoder().decode(CommandRecord.self, from: Data(body.utf8))
        } catch {
            throw JournalFailure.unreadable("row id=\(id) of commands", error)
        }
    }

    /// The newest dead letters, and the counts by reason in the order of the words.
    static func deadLetters(limit: Int, _ db: Database) throws -> DeadLetterReport {
        var report = DeadLetterReport(counts: [], items: [])
        let counts = try Row.fetchCursor(db, sql: "SELECT reason, count FROM refusal_counts ORDER BY reason")
        while let row = try counts.next() {
            let word: String = row[0]
            report.counts.append((try reason(word, "row reason=\(word) of refusal_counts"), row[1]))
        }
        let letters = try Row.fetchCursor(
            db,
            sql: """
                SELECT id, reason, detail, topic, payload, payload_length, receipt_ms FROM dead_letters
                ORDER BY id DESC LIMIT ?
                """, arguments: [max(0, limit)])
        while let row = try letters.next() {
            let id: Int64 = row[0]
            let payload: Data = row[4]
            report.items.append(
                DeadLetter(
                    refusal: Refusal(
                        try reason(row[1], "row id=\(id) of dead_letters"), StoredText.text(row[2])),
                    topic: StoredText.text(row[3]), payload: Array(payload), payloadLength: row[5],
                    receiptTime: UnixTime(milliseconds: row[6])))
        }
        return report
    }

    private static func reason(_ word: String, _ row: String) throws(JournalFailure) -> Refusal.Reason {
        guard let reason = Refusal.Reason(rawValue: word) else {
            throw .unreadable(row, ColumnFault("reason", word))
        }
        return reason
    }
}
