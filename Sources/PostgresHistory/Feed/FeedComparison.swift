import TwinCore
import TwinRuntime

/// Whether a journal and what PostgreSQL holds of it belong together.
///
/// Either may have been put back to an older state: a folder or a machine by its backup, PostgreSQL by a backup or a
/// replica that took over.
enum FeedComparison: Equatable {
    /// They do.
    case same
    /// PostgreSQL holds rows that this journal has not, or other ones under the same numbers.
    case journalWentBack
    /// PostgreSQL lacks rows that it once had.
    case storeWentBack

    /// Compares.
    ///
    /// - Parameters:
    ///   - held: How far PostgreSQL is.
    ///   - seal: The seal of the last row that it holds; `nil` where it knows none.
    ///   - reach: How far the journal is.
    ///   - own: The seal of the journal's row with that number; `nil` where it has none any more.
    init(held: FeedCheckpoint, seal: Int64?, _ reach: FeedReach, own: Int64?) {
        let isOther = if let seal, let own { seal != own } else { false }
        self =
            if isOther || held.sequence > reach.last.sequence || held.change > reach.last.change {
                .journalWentBack
            } else if held.sequence < reach.noted.sequence || held.change < reach.noted.change {
                .storeWentBack
            } else {
                .same
            }
    }
}

/// A number by which a row is known again.
///
/// Made of what never changes, so not of values, which may be computed again.
enum FeedSeal {
    /// The seal of a batch's row; `nil` when it has none with that number.
    static func of(_ batch: FeedBatch, at sequence: UInt64) -> Int64? {
        if let reading = batch.readings.last(where: { $0.sequence == sequence }) {
            let sample = reading.sample
            return number([
                UInt64(bitPattern: reading.moment.time.milliseconds),
                UInt64(bitPattern: reading.moment.uptime.milliseconds),
                UInt64(bitPattern: sample.eventTime.milliseconds), sample.digest,
            ])
        }
        return batch.facts.last { $0.sequence == sequence }.map { fact in
            let moment = fact.fact.moment
            return number(
                [
                    UInt64(bitPattern: moment.time.milliseconds), UInt64(bitPattern: moment.uptime.milliseconds),
                ] + "\(fact.fact.device?.description ?? "") \(fact.fact.event.kind)".utf8.map { UInt64($0) })
        }
    }

    /// FNV-1a, 64 bits.
    private static func number(_ words: [UInt64]) -> Int64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for word in words {
            for shift in stride(from: 0, to: 64, by: 8) {
                hash = (hash ^ (word >> UInt64(shift) & 0xff)) &* 0x100_0000_01b3
            }
        }
        return Int64(bitPattern: hash)
    }
}
