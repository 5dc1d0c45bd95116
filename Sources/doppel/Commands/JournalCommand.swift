import ArgumentParser

/// `doppel journal`: looks after what is stored.
struct JournalCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "Check what is stored.", subcommands: [JournalVerify.self])
}
