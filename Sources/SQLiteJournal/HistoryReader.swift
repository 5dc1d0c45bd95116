import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// Answers questions about what is stored, within one read transaction.
enum HistoryReader {
    /// Samples of one sensor, or of all of a pin, newest first by event time.
    static func samples(_ query: SampleQuery, _ db: Database) throws -> [Sample] {
        guard query.limit > 0 else { return [] }
        let sensors = try Row.fetchAll(
            db,
            sql: """
                SELECT id, unit FROM sensors
                WHERE device = :device AND gpio = :gpio AND (:type IS NULL OR type = :type) ORDER BY id
                """,
            arguments: [
                "device": query.device.description, "gpio": Int(query.gpio.number),
                "type": query.type.map { StoredText.column($0) },
            ])
        let through = try Schema.mark(Schema.Mark.historyThrough, db)
        var found: [ReadingRow] = []
        for sensor in sensors {
            found += try readings(of: sensor[0], unit: StoredText.text(sensor[1]), query, through: through, db)
        }
        // One sensor's rows are in order already; several sensors' are not.
        if sensors.count > 1 {
            found.sort { ($0.sample.eventTime, $0.sequence) > ($1.sample.eventTime, $1.sequence) }
        }
        return found.prefix(query.limit).map(\.sample)
    }

    private static func readings(
        of sensor: Int64, unit: String, _ query: SampleQuery, through: Int64, _ db: Database
    ) throws -> [ReadingRow] {
        // What is younger than the mark may be in `history` or not; IN takes each row once.
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(ReadingRow.columns) FROM readings WHERE sequence IN (
                    SELECT * FROM (
                        SELECT sequence FROM history
                        WHERE sensor_id = :sensor AND event_ms >= :from AND event_ms < :to
                        ORDER BY event_ms DESC, sequence DESC LIMIT :limit)
                    UNION ALL SELECT * FROM (
                        SELECT sequence FROM readings
                        WHERE sequence > :through AND sensor_id = :sensor AND event_ms >= :from AND event_ms < :to
                        ORDER BY event_ms DESC, sequence DESC LIMIT :limit))
                ORDER BY event_ms DESC, sequence DESC LIMIT :limit
                """)
        let rows = try Row.fetchCursor(
            statement,
            arguments: [
                "sensor": sensor, "from": query.from?.milliseconds ?? .min, "to": query.to?.milliseconds ?? .max,
                "limit": query.limit, "through": through,
            ])
        var readings: [ReadingRow] = []
        while let row = try rows.next() { readings.append(try ReadingRow(row, unit: unit)) }
        return readings
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
