import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// Reads what is overwritten in place, in the order of its changes: commands, twins, and twins of the past.
struct FeedRecords {
    private(set) var commands: [CommandRecord] = []
    private(set) var twins: [FeedTwin] = []
    private(set) var pastTwins: [FeedPastTwin] = []
    /// The number of the last change; the one that was asked behind, when there is none.
    private(set) var through: Int64
    /// Why the next record cannot be read, which all behind it wait for; `nil` when it can.
    private(set) var obstacle: String?

    private let decoder = JSONDecoder()

    /// Reads what changed behind a change.
    init(after change: Int64, limit: Int, _ mask: SecretMask, _ db: Database) throws {
        through = change
        let rows = try Row.fetchCursor(
            db.cachedStatement(
                sql: """
                    SELECT change, 0 AS kind, id, 0, 0, 0, body FROM commands WHERE change > :after
                    UNION ALL
                    SELECT change, 1, device, last_sequence, 0, 0, body FROM snapshots WHERE change > :after
                    UNION ALL
                    SELECT change, 2, device, last_sequence, first_sequence, unix_ms, body FROM past_snapshots
                    WHERE change > :after
                    ORDER BY change LIMIT :limit
                    """), arguments: ["after": change, "limit": min(limit, FeedBatch.maximumRecords)])
        while let row = try rows.next() {
            let change: Int64 = row[0]
            let kind: Int = row[1]
            let name: String = row[2]
            do {
                switch kind {
                case 0: commands.append(try decoder.decode(CommandRecord.self, from: Data((row[6] as String).utf8)))
                case 1: twins.append(try twin(row, mask))
                default: pastTwins.append(try pastTwin(row, mask))
                }
                through = change
            } catch {
                let places = [
                    "row id=\(name) of commands", "row device=\(name) of snapshots",
                    "row device=\(name), last_sequence=\(row[3] as Int64) of past_snapshots",
                ]
                let advice =
                    kind == 0
                    ? "To have the rest fed without it: `doppel admin skip --record \(change)`."
                    : "It cannot be left out: twins of the past would be rebuilt wrongly."
                obstacle =
                    "record \(change) of the journal cannot be fed, and later commands and twins wait for it: "
                    + "\(JournalFailure.unreadable(places[min(kind, 2)], error)) \(advice)"
                return
            }
        }
    }

    private func twin(_ row: Row, _ mask: SecretMask) throws -> FeedTwin {
        let body: String = row[6]
        let (snapshot, masked) = try read(body, mask)
        return FeedTwin(snapshot: snapshot, lastSequence: UInt64(row[3] as Int64), body: masked)
    }

    private func pastTwin(_ row: Row, _ mask: SecretMask) throws -> FeedPastTwin {
        let body = String(decoding: try PackedText.unpack(row[6]), as: UTF8.self)
        let (snapshot, masked) = try read(body, mask)
        return FeedPastTwin(
            device: snapshot.device.id, lastSequence: UInt64(row[3] as Int64), firstSequence: UInt64(row[4] as Int64),
            time: UnixTime(milliseconds: row[5]), body: masked)
    }

    private func read(_ body: String, _ mask: SecretMask) throws -> (DeviceSnapshot, String) {
        let snapshot = try decoder.decode(DeviceSnapshot.self, from: Data(body.utf8))
        guard let masked = try mask.masked(body, of: snapshot) else { return (snapshot, body) }
        return (try decoder.decode(DeviceSnapshot.self, from: Data(masked.utf8)), masked)
    }
}
