import Foundation
import TwinCore
import TwinRuntime

/// Where the twins of some devices begin to be rebuilt.
struct PastBases: Sendable {
    /// The whole twins that there are, each with the place of its last fact.
    private(set) var twins: [(twin: DeviceSnapshot, position: Int64)] = []
    /// The place of the last fact of the oldest of them; 0 when one is missing.
    private(set) var oldest: Int64 = .max
    /// No fact of any device that is not in its twin lies up to here.
    private(set) var through: Int64 = .max

    /// Reads them.
    init(
        of devices: [DeviceID], through end: Int64, _ journal: PastJournal, _ link: PostgresLink
    ) async throws {
        let own = journal.line.stretches[0]
        let parts = journal.line.places(after: 0, through: end)
        let rows = try await link.query(
            Self.query,
            [
                .texts(devices.map(\.description)), .integer(end), .integer(own.base + own.through),
                .integers(parts.map(\.after)), .integers(parts.map(\.through)),
            ], deadlineMilliseconds: PostgresPast.deadlineMilliseconds)
        let decoder = JSONDecoder()
        for row in 0..<rows.count {
            let name = try rows.words(row, 0)
            let position = try rows.integer(row, 1)
            if let position, let body = try rows.text(row, 2) {
                do {
                    twins.append((try decoder.decode(DeviceSnapshot.self, from: Data(body.utf8)), position))
                } catch {
                    throw PostgresFailure(.misused, "the twin of \(name) at \(position) cannot be read: \(error)")
                }
            }
            // A twin that is the newest, or a device that never had one, says nothing before the mark.
            let isNewest = try rows.truth(row, 3)
            let next = try rows.integer(row, 4) ?? 0
            oldest = min(oldest, position ?? 0)
            through = min(through, max(position ?? 0, isNewest ? journal.replayFrom - 1 : 0, next - 1))
        }
    }

    private static let query = """
        SELECT wanted.device, coalesce(latest.position, past.position),
            CASE WHEN latest.position IS NULL THEN past.body ELSE latest.body END::text,
            latest.position IS NOT NULL OR NOT EXISTS (SELECT FROM twins WHERE device_id = wanted.device),
            next.first_position
        FROM unnest($1::text[]) WITH ORDINALITY AS wanted (device, place)
        LEFT JOIN LATERAL (
            SELECT position, body FROM twins WHERE device_id = wanted.device AND position <= $2 AND EXISTS (
                SELECT FROM unnest($4::bigint[], $5::bigint[]) AS part (low, high)
                WHERE position > low AND position <= high)
        ) AS latest ON true
        LEFT JOIN LATERAL (
            SELECT position, body FROM twin_snapshots
            WHERE latest.position IS NULL AND device_id = wanted.device AND position <= $2 AND EXISTS (
                SELECT FROM unnest($4::bigint[], $5::bigint[]) AS part (low, high)
                WHERE position > low AND position <= high)
            ORDER BY position DESC LIMIT 1
        ) AS past ON true
        LEFT JOIN LATERAL (
            SELECT first_position FROM twin_snapshots
            WHERE device_id = wanted.device AND position > $2 AND position <= $3 ORDER BY position LIMIT 1
        ) AS next ON true
        ORDER BY wanted.place
        """
}
