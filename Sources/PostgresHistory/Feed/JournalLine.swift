/// A journal in PostgreSQL, and the ones that it branched off when backups were restored.
///
/// What both hold is here once, under the former journal. So a sequence number stands for a place in one of several
/// stretches of places.
struct JournalLine: Sendable, Equatable {
    /// A part of the line that lies in one journal.
    struct Stretch: Sendable, Equatable {
        /// position = base + sequence number.
        let base: Int64
        /// It begins behind this sequence number.
        let after: Int64
        /// It ends with this one.
        let through: Int64
    }

    /// What a journal's line is asked for with: base, after and through, its own stretch first.
    static let query = """
        WITH RECURSIVE line AS (
            SELECT former_id, base, shared_through AS after, (1::bigint << 40) - 1 AS through, 0 AS depth
            FROM journals WHERE journal_id = $1
            UNION ALL
            SELECT former.former_id, former.base, former.shared_through, least(line.after, line.through), depth + 1
            FROM line JOIN journals AS former ON former.journal_id = line.former_id
            WHERE line.after > 0 AND depth < 32767
        ) SELECT base, after, through FROM line ORDER BY depth
        """

    /// The journal's name.
    let id: String
    /// Its own stretch first, then those of the journals before it.
    let stretches: [Stretch]

    /// Puts a line together.
    init(id: String, stretches: [Stretch]) {
        precondition(!stretches.isEmpty, "a journal has a stretch of its own")
        self.id = id
        self.stretches = stretches
    }

    /// Reads the answer to ``query``.
    init(id: String, _ rows: PostgresRows) throws(PostgresFailure) {
        var stretches: [Stretch] = []
        for row in 0..<rows.count {
            stretches.append(
                Stretch(
                    base: try rows.wholeNumber(row, 0), after: try rows.wholeNumber(row, 1),
                    through: try rows.wholeNumber(row, 2)))
        }
        guard !stretches.isEmpty else {
            throw PostgresFailure(.misused, "the table journals says nothing about the journal \(id)")
        }
        self.init(id: id, stretches: stretches)
    }

    /// Where the journal's own places begin.
    var base: Int64 { stretches[0].base }

    /// The place of a sequence number.
    func position(of sequence: UInt64) -> Int64 {
        let number = Int64(clamping: sequence)
        let stretch = stretches.first { number > $0.after && number <= $0.through } ?? stretches[stretches.count - 1]
        return stretch.base + number
    }

    /// The sequence number that a place of the line stands for.
    func sequence(of position: Int64) -> UInt64 {
        let stretch = stretches.first { position > $0.base + $0.after && position <= $0.base + $0.through }
        return UInt64(max(0, position - (stretch ?? stretches[stretches.count - 1]).base))
    }

    /// A range of places.
    struct Places: Sendable, Equatable {
        /// It begins behind this one.
        let after: Int64
        /// It ends with this one.
        let through: Int64
    }

    /// The places of the line between two, in order.
    func places(after low: Int64, through high: Int64) -> [Places] {
        stretches.reversed().map { stretch in
            Places(after: max(low, stretch.base + stretch.after), through: min(high, stretch.base + stretch.through))
        }.filter { $0.after < $0.through }
    }
}
