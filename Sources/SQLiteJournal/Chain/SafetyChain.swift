import Foundation
import GRDB
import TwinCore
import TwinRuntime

/// The chain of safety records: each link's hash covers its fact and the link before, so that no fact of the past can
/// be changed, removed, added or moved without every later hash being another.
///
/// The chain hangs on its *anchor*: at first a hash of the journal's own name, later the last link that retention
/// removed. Its *head* is the last link; the table says it once more, so that a missing end shows. Both are numbered.
///
/// The head in memory moves only when a transaction was committed.
struct SafetyChain {
    /// One end of the chain.
    struct Link: Equatable {
        /// The sequence number of its fact; 0 before the first.
        var sequence: Int64
        /// Which link it is, counted from 1; 0 before the first.
        var number: Int64
        var hash: [UInt8]
    }

    /// The keys of the table `safety_chain`.
    enum End: String {
        case anchor, head
    }

    /// The last link that is stored for certain.
    private(set) var head: Link
    private var pending: Link?

    /// Reads where the chain ends.
    init(_ db: Database) throws { head = try Self.end(.head, db) }

    /// Adds a link within the current transaction.
    mutating func append(_ fact: FactRow, _ db: Database) throws {
        let last = pending ?? head
        let link = Link(sequence: fact.sequence, number: last.number + 1, hash: fact.hash(after: last.hash))
        try db.cachedStatement(sql: "INSERT INTO safety_records (sequence, hash) VALUES (?, ?)")
            .execute(arguments: [link.sequence, Data(link.hash)])
        pending = link
    }

    /// Stores the head within the current transaction.
    func storeHead(_ db: Database) throws {
        if let pending { try Self.set(.head, to: pending, db) }
    }

    /// The transaction was committed.
    mutating func committed() {
        if let pending { head = pending }
        pending = nil
    }

    /// The transaction was rolled back: its links do not exist.
    mutating func rolledBack() { pending = nil }

    /// Reads an end of the chain.
    static func end(_ end: End, _ db: Database) throws -> Link {
        let row = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT sequence, number, hash FROM safety_chain WHERE name = ?"),
            arguments: [end.rawValue])
        guard let row else {
            throw JournalFailure.unreadable("row name=\(end.rawValue) of safety_chain", ColumnFault("hash", "nothing"))
        }
        let hash: Data = row[2]
        return Link(sequence: row[0], number: row[1], hash: Array(hash))
    }

    /// Moves an end of the chain.
    static func set(_ end: End, to link: Link, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE safety_chain SET sequence = ?, number = ?, hash = ? WHERE name = ?")
            .execute(arguments: [link.sequence, link.number, Data(link.hash), end.rawValue])
    }
}

extension SafetyChain {
    /// Begins the chain of a journal, with the safety records that it holds already, a row at a time.
    static func begin(_ db: Database) throws {
        let name = try String.fetchOne(db, sql: "SELECT value FROM identity WHERE name = 'journal'") ?? ""
        let start = Link(sequence: 0, number: 0, hash: SHA256.digest(of: Array(name.utf8)))
        for end in [End.anchor, .head] {
            try db.execute(
                sql: "INSERT INTO safety_chain (name, sequence, number, hash) VALUES (?, ?, ?, ?)",
                arguments: [end.rawValue, start.sequence, start.number, Data(start.hash)])
        }
        var chain = try Self(db)
        var kinds: [String: Bool] = [:]
        let rows = try Row.fetchCursor(db, sql: "SELECT \(SealedTable.facts.columns) FROM facts ORDER BY sequence")
        while let row = try rows.next() {
            guard let fact = FactRow(row), isSafetyRecord(fact, &kinds) else { continue }
            try chain.append(fact, db)
        }
        try chain.storeHead(db)
    }

    /// Whether a stored fact belongs to the chain; one fact of each kind is read for it.
    ///
    /// A fact that cannot be read does not keep an older file from being opened; the verification names it.
    private static func isSafetyRecord(_ fact: FactRow, _ kinds: inout [String: Bool]) -> Bool {
        if let known = kinds[fact.kind] { return known }
        guard let event = try? JSONDecoder().decode(Event.self, from: Data(fact.body.utf8)) else { return false }
        kinds[fact.kind] = event.isSafetyRecord
        return event.isSafetyRecord
    }
}
