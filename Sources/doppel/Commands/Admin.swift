import ArgumentParser

/// `doppel admin`: what is done with the data itself.
struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look after everything durable.",
        subcommands: [AdminMigrate.self])
}
