import ArgumentParser
import EventLoop
import Foundation
import SQLiteJournal
import TwinCore
import TwinRuntime

/// `doppel admin restore`.
struct AdminRestore: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Put a backup into a data directory. Doppel then starts stopped.",
        discussion: """
            Checks the whole backup before it touches anything. The next start finds an emergency stop of everything: \
            no output is switched on, and what machines do is unknown until they speak. Check them, then \
            `doppel stop clear`. \(Admin.explanation)
            """)

    @Argument(help: "The backup.")
    var file: String

    @Flag(help: "Replace the journal that is there; it is kept in a folder beside the new one.")
    var force = false

    @OptionGroup var options: DataDirectoryOptions

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let directory = try? options.directory(environment)
        let interruption = try Interruption {
            Console.standard.tell("Not restored: it was interrupted. \(Self.advice(directory))")
        }
        defer { interruption.cancel() }
        let status = await perform(environment: environment, console: .standard)
        if status != 0 { throw ExitCode(status) }
    }

    /// Restores, says what is to be done next, and returns the status to end with.
    func perform(environment: [String: String], console: Console) async -> Int32 {
        do {
            let directory = try options.directory(environment)
            let loop = try EventLoop()
            loop.start()
            defer {
                loop.stop()
                loop.join()
            }
            let number = String(UInt32.random(in: .min ... .max), radix: 16)
            let name = IncidentID("inc-" + String(repeating: "0", count: 8 - number.count) + number)
            let who = "admin:\(environment["USER"] ?? "restore")"
            let restored = try await JournalBackup(file).restore(
                into: directory, replaces: force, loop: loop, stop: name, by: who)
            tell(restored, directory, console)
            return 0
        } catch {
            console.tell("Not restored: \(error)")
            console.tell(Self.advice(try? options.directory(environment)))
            return 1
        }
    }

    /// What is safe and what to do after a failure.
    private static func advice(_ directory: String?) -> String {
        guard let directory, JournalBackup.isRestoreUnfinished(in: directory) else {
            return "The data directory is as it was."
        }
        return "It was cut off half-way, and Doppel does not start on \(directory) until the same command has "
            + "succeeded. A journal that was there lies in a folder before-restore-… within it."
    }

    private func tell(_ restored: RestoredJournal, _ directory: String, _ console: Console) {
        console.show("Restored: \(file) into \(directory), with \(restored.start.devices) devices.")
        for line in BackupSheet.lines(restored.header) { console.show(line) }
        if let aside = restored.keptAside { console.show("The journal that was there is kept in \(aside)") }
        console.show(
            "STOPPED: emergency stop \(restored.start.stop.id) of everything is latched; nothing is switched on.")
        if !restored.start.earlierStops.isEmpty {
            console.show("Stops that held in the backup hold still: \(restored.start.earlierStops.count)")
        }
        console.show("What happened after \(restored.header.madeAt) is not in it, and machines may be on since then.")
        console.show("Next: 1. make sure that no other Doppel commands this site;")
        console.show("      2. start this one: `doppel serve --data-directory \(directory)`;")
        console.show("      3. go and look at every machine; `doppel stop status` shows who has not confirmed;")
        console.show("      4. `doppel stop clear`.")
    }
}
