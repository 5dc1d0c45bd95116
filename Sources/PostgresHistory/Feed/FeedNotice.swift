import Foundation
import TwinCore
import TwinRuntime

/// What those who listen to the channel ``channel`` are told: which rows came.
///
/// It travels as one small JSON object; `docs/OPERATIONS.md` describes it.
struct FeedNotice: Sendable, Equatable {
    /// Where Doppel tells that it stored something.
    static let channel = "doppel_events"
    /// The most that PostgreSQL takes as one payload, in bytes.
    static let maximumBytes = 7_999

    /// How many rows came into each table, as far as is known.
    struct Rows: Sendable, Equatable, Encodable {
        var sensorReadings = 0
        var events = 0
        var safetyRecords = 0
        var commands = 0
        var espDevices = 0
    }

    /// Whose rows: the journal's name.
    let journal: String
    /// The place before the first of them.
    private(set) var after: Int64
    /// The place of the last of them.
    private(set) var through: Int64
    private(set) var rows = Rows()
    /// The event times of the rows; `nil` when there is no row, or when they are not all known.
    private(set) var span: ClosedRange<UnixTime>?
    /// Whether every row in between is counted.
    private(set) var isComplete: Bool

    /// The rows of one batch.
    init(_ batch: FeedBatch, after: Int64, through: Int64, of journal: String) {
        self.journal = journal
        self.after = after
        self.through = through
        isComplete = true
        rows.sensorReadings = batch.readings.count
        rows.safetyRecords = batch.facts.count { $0.safetyHash != nil }
        rows.events = batch.facts.count - rows.safetyRecords
        rows.commands = batch.commands.count
        rows.espDevices = batch.twins.count
        let times = [
            batch.readings.lazy.map(\.sample.eventTime).min(), batch.readings.lazy.map(\.sample.eventTime).max(),
            batch.facts.lazy.map(\.fact.moment.time).min(), batch.facts.lazy.map(\.fact.moment.time).max(),
        ]
        .compactMap { $0 }
        if let earliest = times.min(), let latest = times.max() { span = earliest...latest }
    }

    /// Says how far a journal is, without knowing what came since a place.
    init(of journal: String, after: Int64, through: Int64) {
        self.journal = journal
        self.after = after
        self.through = through
        isComplete = false
    }

    /// Takes what came next into the same notice.
    mutating func add(_ next: Self) {
        after = min(after, next.after)
        through = max(through, next.through)
        rows.sensorReadings += next.rows.sensorReadings
        rows.events += next.rows.events
        rows.safetyRecords += next.rows.safetyRecords
        rows.commands += next.rows.commands
        rows.espDevices += next.rows.espDevices
        isComplete = isComplete && next.isComplete
        let spans = [span, next.span].compactMap { $0 }
        guard isComplete, let earliest = spans.map(\.lowerBound).min(), let latest = spans.map(\.upperBound).max()
        else {
            span = nil
            return
        }
        span = earliest...latest
    }

    /// As it travels.
    var payload: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.keyEncodingStrategy = .convertToSnakeCase
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let words = Words(
                journal: journal, after: after, through: through, rows: rows, complete: isComplete,
                from: span?.lowerBound.rfc3339, to: span?.upperBound.rfc3339)
            return String(decoding: try encoder.encode(words), as: UTF8.self)
        }
    }

    private struct Words: Encodable {
        let journal: String
        let after, through: Int64
        let rows: Rows
        let complete: Bool
        let from, to: String?
    }
}
