import Foundation
import GRDB
import TwinCore

/// Checks the chain of safety records, from its anchor to its head.
struct ChainCheck {
    private static let table = "safety_records"

    private let queue: DatabaseQueue
    private var result = ChainVerification()
    private var rows = TableVerification(name: Self.table)
    private var previous = SafetyChain.Link(sequence: .min, number: 0, hash: [])
    /// A link that does not fit, and the hash that would; the next link tells which of two things was altered.
    private var doubt: (sequence: Int64, about: String, hash: [UInt8], isFactIntact: Bool, before: Int64)?
    private var found: [JournalDamage] = []

    init(_ queue: DatabaseQueue) { self.queue = queue }

    /// Checks every link, and those that a running Doppel adds meanwhile.
    mutating func run(_ report: inout JournalReport, _ progress: (VerificationProgress) -> Void) throws {
        let scan = RowScan(table: Self.table, columns: "hash", queue: queue)
        do {
            repeat {
                var check = self
                try scan.run(
                    after: check.previous.sequence,
                    { row, db in
                        try check.take(row, db)
                        return true
                    },
                    gap: { check.keep(Self.damage($0)) },
                    slice: { progress(VerificationProgress(stage: Self.table, rows: check.result.records)) })
                self = check
            } while try !reachesHead()
        } catch let error as DatabaseError where error.isDamage {
            keep(JournalDamage(table: Self.table, problem: "the chain cannot be followed: \(error)"))
        }
        rows.rows = result.records
        for damage in found { report.add(damage) }
        report.addUnnamed(rows.damages - found.count)
        report.tables.append(rows)
        result.lastSequence = max(0, previous.sequence)
        result.lastHash = previous.hash.map { String(UInt16($0) | 0x100, radix: 16).dropFirst() }.joined()
        report.chain = result
    }

    /// Takes the next link.
    private mutating func take(_ row: Row, _ db: Database) throws {
        let sequence: Int64 = row[0]
        let anchor = try SafetyChain.end(.anchor, db)
        // Retention may have gone past the last link while this ran.
        if previous.sequence < anchor.sequence {
            previous = anchor
            result.removed = Int(anchor.number)
        }
        guard sequence > anchor.sequence else { return }
        result.records += 1
        let hash = Array(Data.fromDatabaseValue(row[1]) ?? Data())
        let before = previous
        previous = SafetyChain.Link(sequence: sequence, number: before.number + 1, hash: hash)
        let fact: (row: FactRow, about: String, isIntact: Bool)?
        do {
            fact = try Self.fact(sequence, db)
        } catch let error as DatabaseError where error.isDamage {
            settle(hash: nil)
            return add(sequence, "", "its fact cannot be read, so nothing proves what it said")
        }
        guard let fact else {
            settle(hash: nil)
            return add(sequence, "", "its fact was removed")
        }
        if let doubt, fact.row.hash(after: doubt.hash) == hash {
            settle(hash: doubt.hash)
            return
        }
        settle(hash: nil)
        let right = fact.row.hash(after: before.hash)
        if right != hash { doubt = (sequence, fact.about, right, fact.isIntact, before.sequence) }
    }

    /// Says what became of a link that did not fit.
    ///
    /// - Parameter hash: The hash with which what follows fits; `nil` when it does not.
    private mutating func settle(hash: [UInt8]?) {
        guard let doubt else { return }
        self.doubt = nil
        let problem =
            switch (hash != nil, doubt.isFactIntact) {
            case (true, _): "its hash was altered; its fact is what was stored"
            case (false, false): "its fact was altered, or its hash"
            case (false, true):
                """
                it does not follow \(doubt.before > 0 ? "record sequence=\(doubt.before)" : "the chain's anchor"): a \
                record before it was removed, or it was put in another's place
                """
            }
        add(doubt.sequence, doubt.about, problem)
    }

    /// Whether everything was read; then says what is wrong with the end.
    private mutating func reachesHead() throws -> Bool {
        let (head, isMore) = try queue.read { [previous] db in
            let next = try Int64.fetchOne(
                db, sql: "SELECT sequence FROM safety_records WHERE sequence > ? LIMIT 1",
                arguments: [previous.sequence])
            return (try SafetyChain.end(.head, db), next != nil)
        }
        if isMore { return false }
        if previous.sequence == .min { previous = try queue.read { try SafetyChain.end(.anchor, $0) } }
        settle(hash: doubt?.hash == head.hash ? head.hash : nil)
        if head.sequence != previous.sequence {
            add(
                head.sequence, "",
                "the chain ends before it, at sequence=\(previous.sequence): its last records were removed")
        } else if head.hash != previous.hash, found.last?.record != "sequence=\(head.sequence)" {
            add(head.sequence, "", "the chain's stored end does not fit: it or this record's hash was altered")
        } else if head.number != previous.number {
            let missing = head.number - previous.number
            add(head.sequence, "", "\(missing) of \(head.number) records are missing before it")
        }
        return true
    }

    private mutating func add(_ sequence: Int64, _ about: String, _ problem: String) {
        keep(JournalDamage(table: Self.table, record: "sequence=\(sequence)", about: about, problem: problem))
    }

    /// Counts a damage, and keeps as many as are named.
    private mutating func keep(_ damage: JournalDamage) {
        rows.damages += 1
        if found.count < JournalReport.maximumNamed { found.append(damage) }
    }

    private static func fact(_ sequence: Int64, _ db: Database) throws -> (row: FactRow, about: String, isIntact: Bool)?
    {
        let statement = try db.cachedStatement(
            sql: "SELECT \(SealedTable.facts.columns), seal FROM facts WHERE sequence = ?")
        guard let row = try Row.fetchOne(statement, arguments: [sequence]), let fact = FactRow(row) else { return nil }
        let seal: DatabaseValue = row[6]
        let isIntact =
            try seal.isNull || Int64.fromDatabaseValue(seal) == SealedTable.facts.seal(row, from: 0, count: 6)
        return (fact, RowContents.about(fact: row, from: 0), isIntact)
    }

    private static func damage(_ gap: RowScan.Gap) -> JournalDamage {
        switch gap {
        case .row(let key):
            JournalDamage(table: table, record: "sequence=\(key)", problem: "the record cannot be read")
        case .rows(let span):
            JournalDamage(
                table: table, record: "sequence=\(span.lowerBound)…\(span.upperBound)",
                problem: "no record in this range can be read")
        case .everything(let last):
            JournalDamage(
                table: table, record: "sequence>\(last)", problem: "nothing behind this record can be read")
        }
    }
}
