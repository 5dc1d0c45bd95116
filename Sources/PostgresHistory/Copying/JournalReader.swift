import TwinCore
public import TwinRuntime

/// Reads a journal back that was fed to PostgreSQL, with what it shares with the journals it branched off.
///
/// It reads forwards, a bounded piece with each call, and remembers nothing: the place says where to go on. What a
/// feed adds meanwhile, behind where the journal ended at the beginning, is left out.
public struct JournalReader: Sendable {
    /// How many sequence numbers a piece covers.
    public static let windowRows: UInt64 = 20_000
    /// How many records a piece has.
    public static let windowRecords = 256
    /// How long a statement may take, in milliseconds.
    public static let deadlineMilliseconds: Int64 = 120_000

    /// The journal.
    public let journal: FedJournal
    let link: PostgresLink
    let line: JournalLine

    /// Looks the journal up.
    public init(_ journal: FedJournal, _ link: PostgresLink) async throws(PostgresFailure) {
        self.journal = journal
        self.link = link
        line = try JournalLine(id: journal.id, try await link.query(JournalLine.query, [.text(journal.id)]))
    }

    /// The next piece, and the place it leads to; `nil` when nothing is left.
    ///
    /// Facts and samples come first, in their order, then commands, twins, and twins of the past.
    public func next(
        after place: CopyPlace, window: UInt64 = JournalReader.windowRows, records: Int = JournalReader.windowRecords
    ) async throws -> (batch: FeedBatch, place: CopyPlace)? {
        var (batch, next) = (FeedBatch(through: FeedCheckpoint(sequence: place.sequence)), place)
        if !place.hasRows || place.sequence < journal.through {
            // What was fed since an earlier run may have changed every record.
            next = CopyPlace()
            (batch, next.sequence) = try await rows(after: place.sequence, window)
            next.hasRows = next.sequence >= journal.through
            return (batch, next)
        }
        batch.commands = try await commands(after: place.command, records)
        if let last = batch.commands.last {
            next.command = StoredText.column(last.order.id.description)
            return (batch, next)
        }
        batch.twins = try await twins(after: place.twin, records)
        if let last = batch.twins.last {
            next.twin = last.snapshot.device.id.description
            return (batch, next)
        }
        batch.pastTwins = try await pastTwins(after: place.pastTwin, records)
        guard let last = batch.pastTwins.last else { return nil }
        next.pastTwin = CopyPlace.PastTwin(device: last.device.description, sequence: last.lastSequence)
        return (batch, next)
    }

    /// What a copy must know of the journal beside its rows.
    public func origin() async throws -> CopyOrigin {
        let anchor = try await link.query(
            """
            SELECT chain_sequence, chain_number, chain_hash FROM journals
            WHERE base = \(line.stretches[line.stretches.count - 1].base)
            """)
        guard anchor.count == 1, let hash = try anchor.bytes(0, 2) else {
            throw PostgresFailure(.misused, "the table journals does not say what the safety records hang on")
        }
        var origin = CopyOrigin(
            journal: journal.id,
            anchor: SafetyAnchor(
                sequence: UInt64(try anchor.wholeNumber(0, 0)), number: UInt64(try anchor.wholeNumber(0, 1)), hash: hash
            ))
        let marks = try await HistoryMarks.kept(link)
        let time = { (time: UnixTime) in UnixTime(milliseconds: max(0, time.milliseconds)) }
        (origin.readingsFrom, origin.rollupsFrom) = (time(marks.readingsFrom), time(marks.rollupsFrom))
        origin.isChainCut = try await HistoryMarks.text(.safetyFrom, link) != nil
        let from = try await link.query("SELECT past_from FROM journals WHERE journal_id = $1", [.text(journal.id)])
        let removed = try await HistoryMarks.text(.pastFrom, link).flatMap { Int64($0) } ?? 0
        origin.pastFrom = UnixTime(milliseconds: max(0, removed, try from.moment(0, 0).milliseconds))
        origin.twins = try await twinMarks()
        return origin
    }

    /// Asks with this reader's patience.
    func ask(_ sql: String, _ values: [PostgresValue] = []) async throws(PostgresFailure) -> PostgresRows {
        try await link.query(sql, values, deadlineMilliseconds: Self.deadlineMilliseconds)
    }
}
