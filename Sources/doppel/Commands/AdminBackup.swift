import ArgumentParser
import EventLoop
import Foundation
import SQLiteJournal
import TwinCore
import TwinRuntime

/// `doppel admin backup`.
struct AdminBackup: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Copy everything durable into one file, while Doppel runs or not.",
        discussion: """
            Reads the data directory beside a running Doppel, which goes on storing meanwhile. Needs room for the \
            journal and the packed file on the disk of FILE. FILE appears when it is whole, or not at all. \
            \(Admin.explanation)
            """)

    @Argument(help: "The file to write.")
    var file: String

    @Flag(help: "Replace FILE if it is there.")
    var force = false

    @OptionGroup var options: DataDirectoryOptions

    func run() throws {
        let interruption = try Interruption {
            JournalBackup(file).removeLeftovers()
            Console.standard.tell("No backup was made: it was interrupted. A running Doppel is not touched by this.")
        }
        defer { interruption.cancel() }
        let status = perform(environment: ProcessInfo.processInfo.environment, console: .standard)
        if status != 0 { throw ExitCode(status) }
    }

    /// Makes the backup, says what is in it, and returns the status to end with.
    func perform(environment: [String: String], console: Console) -> Int32 {
        do {
            let directory = try options.directory(environment)
            let header = try JournalBackup(file).make(
                of: directory, by: Version.current, at: EventLoop.systemWallClock(), overwrites: force)
            console.show("Backed up: \(directory) to \(file)")
            for line in BackupSheet.lines(header) { console.show(line) }
            console.show("Next: copy \(file) to another machine. `doppel admin verify \(file)` checks it.")
            return 0
        } catch {
            console.tell("No backup was made: \(error)")
            console.tell("A running Doppel is not touched by this, and an earlier \(file) is as it was.")
            return 1
        }
    }
}

/// `doppel admin verify`.
struct AdminVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check a backup from end to end, and show what is in it.",
        discussion: """
            Unpacks it into a temporary file, and changes nothing else. Exit status: 0 it is good; 1 it is not; 2 it \
            could not be checked; 64 wrong usage.
            """)

    @Argument(help: "The backup.")
    var file: String

    @Option(help: "The folder for the temporary file, which is as large as the journal (default: that of FILE).")
    var scratch: String?

    func run() throws {
        let status = perform(console: .standard)
        if status != 0 { throw ExitCode(status) }
    }

    /// Checks the backup, says what is in it, and returns the status to end with.
    func perform(console: Console) -> Int32 {
        let folder = scratch ?? (file as NSString).deletingLastPathComponent
        do {
            let header = try JournalBackup(file).verify(scratch: folder.isEmpty ? "." : folder)
            console.show("Good: \(file) is whole, and everything in it can be read.")
            for line in BackupSheet.lines(header) { console.show(line) }
            console.show("Next: `doppel admin restore \(file) --data-directory DIRECTORY` starts from it, stopped.")
            return 0
        } catch let hindrance as UncheckedBackup {
            console.tell("NOT CHECKED: \(hindrance.reason)")
            console.tell("This says nothing about the backup, and nothing was changed. --scratch names another folder.")
            return 2
        } catch {
            console.tell("NOT good: \(error)")
            console.tell("Nothing was changed. Do not rely on this file: use another backup, or make a new one.")
            return 1
        }
    }
}

/// A backup in words.
enum BackupSheet {
    /// What a person wants to know of it.
    static func lines(_ header: BackupHeader) -> [String] {
        let rows = ["facts", "readings", "commands", "safety_records", "snapshots", "dead_letters"].compactMap {
            table in
            header.rows[table].map { "\($0) \(table.replacing("_", with: " "))" }
        }
        return [
            "  made      \(header.madeAt) by Doppel \(header.doppel), schema \(header.schema)",
            "  holds     \(rows.joined(separator: ", "))",
            "  journal   \(header.journal.isEmpty ? "unnamed" : header.journal), up to fact \(header.lastSequence)",
            "  size      \(header.databaseBytes) bytes, packed \(header.packedBytes)",
            "  SHA-256   \(header.sha256)",
        ]
    }
}
