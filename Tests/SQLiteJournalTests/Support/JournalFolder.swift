import Foundation
import GRDB
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// A data folder of its own for each test, removed at the end.
final class JournalFolder: Sendable {
    let path = FileManager.default.temporaryDirectory.path + "/doppel-journal-" + UUID().uuidString
    let loop = QueueLoop()

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var file: String { path + "/" + SQLiteJournal.fileName }

    func open(_ options: JournalOptions = JournalOptions()) throws -> SQLiteJournal {
        try SQLiteJournal(directory: path, loop: loop, options: options)
    }

    /// Changes the file behind the journal's back, while none is open.
    func write<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try DatabaseQueue(path: file).write(body)
    }

    /// What the journal says of itself.
    func identity() throws -> [String: String] {
        let rows = try DatabaseQueue(path: file).read { try Row.fetchAll($0, sql: "SELECT name, value FROM identity") }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0[0], $0[1]) })
    }

    /// Opens, lets the body work, closes.
    @discardableResult
    func withJournal<Value>(
        _ options: JournalOptions = JournalOptions(), _ body: (SQLiteJournal) async throws -> Value
    ) async throws -> Value {
        let journal = try open(options)
        let value: Value
        do {
            value = try await body(journal)
        } catch {
            await journal.close()
            throw error
        }
        await journal.close()
        return value
    }
}

extension SQLiteJournal {
    /// Commits, and comes back with the receipt.
    @discardableResult
    func commit(_ batch: Batch) async throws -> CommitReceipt {
        try await withCheckedContinuation { (continuation: CheckedContinuation<_, Never>) in
            commit(batch) { result in
                precondition(QueueLoop.isCurrent, "a completion came on another thread than the loop's")
                continuation.resume(returning: result)
            }
        }.get()
    }

    /// Closes, and comes back when it is done.
    func close() async { await withCheckedContinuation { (continuation) in close { continuation.resume() } } }
}
