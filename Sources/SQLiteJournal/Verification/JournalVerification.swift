import Foundation
import GRDB
public import TwinRuntime

/// Reads a whole journal and says what is not as it was stored; changes nothing.
///
/// Works beside a running Doppel, whose folder it does not lock: it reads in short transactions, each of which sees a
/// state between two commits. Only the check of SQLite's own structure is one long reading, during which the
/// write-ahead log grows.
///
/// Checked are the structure, with indexes against tables; every seal; the chain of safety records from its anchor;
/// whether every body can be read; and whether every reading has its sensor and its place in the history. Rollups bear
/// no seal and are not computed again: everything in them stems from readings.
public struct JournalVerification {
    /// How many complaints of SQLite about its structure are taken.
    private static let maximumComplaints = 100

    private let path: String
    private let queue: DatabaseQueue

    /// Opens the journal of a data folder for reading.
    ///
    /// - Throws: ``JournalFailure`` when there is none, or when it cannot be read at all.
    public init(directory: String) throws(JournalFailure) {
        path = directory + "/" + SQLiteJournal.fileName
        guard FileManager.default.fileExists(atPath: path) else {
            throw JournalFailure(
                "there is no journal at \(path). Nothing was changed. Name the data directory that Doppel uses: "
                    + "`doppel serve --print-config` shows it.")
        }
        var configuration = Configuration()
        configuration.label = "doppel.verification"
        configuration.readonly = true
        configuration.foreignKeysEnabled = false
        configuration.busyMode = .timeout(5)
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            let state = try queue.read { db in
                (try Schema.migrator.hasBeenSuperseded(db), try Schema.migrator.hasCompletedMigrations(db))
            }
            guard !state.0 else {
                throw JournalFailure(
                    "\(path) was written by a newer Doppel than this one. Nothing was changed. Verify it with that one."
                )
            }
            guard state.1 else {
                throw JournalFailure(
                    "\(path) was written by an older Doppel, which stored no seals. Nothing was changed. Start this "
                        + "Doppel once, which brings the file up to date, and verify it then.")
            }
        } catch {
            throw Self.truncation(path, error) ?? JournalFailure(error, while: "verify", path)
        }
    }

    /// What to say of a file that is shorter than its first page says, which SQLite does not read at all.
    ///
    /// Format: https://www.sqlite.org/fileformat2.html, section 1.3: page size and count of pages, highest byte first.
    private static func truncation(_ path: String, _ error: any Error) -> JournalFailure? {
        guard let error = error as? DatabaseError, error.isDamage, let file = FileHandle(forReadingAtPath: path),
            let head = (try? file.read(upToCount: 32)).map({ Array($0) }), head.count == 32,
            let size = try? file.seekToEnd()
        else { return nil }
        let pageSize = UInt64(head[16]) << 8 | UInt64(head[17])
        let pages = head[28...31].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard pageSize >= 512, size / pageSize < pages else { return nil }
        return JournalFailure(
            "\(path) is cut off: \(size / pageSize) of \(pages) pages are there. Nothing was changed. Copy the whole data "
                + "directory to a safe place, look at the system log for the disk, and restore the last backup.")
    }

    /// Checks everything.
    ///
    /// - Parameter progress: Told now and then how far it is.
    /// - Throws: ``JournalFailure`` when the file cannot be read for another reason than damage.
    public func run(_ progress: (VerificationProgress) -> Void = { _ in }) throws(JournalFailure) -> JournalReport {
        var report = JournalReport(path: path)
        do {
            progress(VerificationProgress(stage: "structure", rows: 0))
            let complaints = structureComplaints()
            for table in SealedTable.allCases {
                var check = TableCheck(table, queue)
                try check.run(&report, progress)
            }
            var chain = ChainCheck(queue)
            try chain.run(&report, progress)
            for complaint in complaints {
                report.add(JournalDamage(table: "file", problem: PageNames(path, queue).explained(complaint)))
            }
        } catch {
            throw JournalFailure(error, while: "verify", path)
        }
        return report
    }

    /// What SQLite says about pages, order, indexes and types; nothing when all is well.
    private func structureComplaints() -> [String] {
        do {
            return try queue.read { db in
                try String.fetchAll(db, sql: "PRAGMA integrity_check(\(Self.maximumComplaints))")
            }.filter { $0 != "ok" }
        } catch {
            return ["the structure cannot be followed to its end: \(error)"]
        }
    }
}
