import Foundation
import TwinCore
import TwinRuntime

extension JournalReader {
    /// Commands behind a name, as any journal of the line last knew them: none is left out because a former journal
    /// knew more of it than the one that was restored.
    func commands(after name: String?, _ limit: Int) async throws -> [CommandRecord] {
        let rows = try await ask(
            """
            SELECT record FROM commands WHERE command_id > $1 AND \(line.isOfLine()) ORDER BY command_id LIMIT $2
            """, [.text(name ?? ""), .integer(Int64(limit))])
        let decoder = JSONDecoder()
        return try (0..<rows.count).map { row in
            try decoder.decode(CommandRecord.self, from: Data(try rows.words(row, 0).utf8))
        }
    }

    /// Each device's newest twin, behind a device's name.
    ///
    /// `twins` may hold one that a former journal wrote after the backup; then the newest of the past stands for it,
    /// and the facts behind it are read again.
    func twins(after device: String?, _ limit: Int) async throws -> [FeedTwin] {
        let rows = try await ask(
            """
            SELECT newest.position, newest.body FROM twins, \(newest("position, body"))
            WHERE device_id > $1 ORDER BY device_id LIMIT $2
            """, [.text(device ?? ""), .integer(Int64(limit))])
        let decoder = JSONDecoder()
        return try (0..<rows.count).map { row in
            let body = try rows.words(row, 1)
            return FeedTwin(
                snapshot: try decoder.decode(DeviceSnapshot.self, from: Data(body.utf8)),
                lastSequence: JournalLine.sequence(of: try rows.wholeNumber(row, 0)), body: body)
        }
    }

    /// Twins of the past behind one.
    func pastTwins(after place: CopyPlace.PastTwin?, _ limit: Int) async throws -> [FeedPastTwin] {
        let position = place.map { line.position(of: $0.sequence) } ?? 0
        let rows = try await ask(
            """
            SELECT device_id, position, first_position, taken_at, body FROM twin_snapshots
            WHERE (device_id, position) > ($1, $2) AND \(line.holds()) ORDER BY device_id, position LIMIT $3
            """, [.text(place?.device ?? ""), .integer(position), .integer(Int64(limit))])
        return try (0..<rows.count).map { row in
            let name = try rows.words(row, 0)
            guard let device = DeviceID(name) else {
                throw PostgresFailure(.misused, "a row of twin_snapshots names no device: '\(name)'")
            }
            return FeedPastTwin(
                device: device, lastSequence: JournalLine.sequence(of: try rows.wholeNumber(row, 1)),
                firstSequence: try rows.integer(row, 2).map { JournalLine.sequence(of: $0) } ?? 0,
                time: try rows.moment(row, 3), body: try rows.words(row, 4))
        }
    }

    /// The last fact in each device's newest twin.
    func twinMarks() async throws -> [DeviceID: UInt64] {
        let rows = try await ask("SELECT device_id, newest.position FROM twins, \(newest("position"))")
        var marks: [DeviceID: UInt64] = [:]
        for row in 0..<rows.count {
            guard let device = DeviceID(try rows.words(row, 0)) else { continue }
            marks[device] = JournalLine.sequence(of: try rows.wholeNumber(row, 1))
        }
        return marks
    }

    /// The newest twin of `twins.device_id` that is the line's.
    func newest(_ columns: String) -> String {
        """
        LATERAL (
            SELECT \(columns) FROM (
                SELECT position, body FROM twins AS present
                WHERE present.device_id = twins.device_id AND \(line.holds())
                UNION ALL
                (SELECT position, body FROM twin_snapshots AS past
                WHERE past.device_id = twins.device_id AND \(line.holds()) ORDER BY position DESC LIMIT 1)
            ) AS known ORDER BY position DESC LIMIT 1) AS newest
        """
    }
}
