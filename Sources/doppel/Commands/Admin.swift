import ArgumentParser

/// `doppel admin`: what is done with the data itself.
struct Admin: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Look after everything durable.",
        subcommands: [
            AdminBackup.self, AdminVerify.self, AdminRestore.self, AdminMigrate.self, AdminCopy.self,
            AdminSkip.self,
        ])

    /// How the commands that concern backups end.
    static let explanation = "Exit status: 0 done; 1 not done, and why is said; 64 wrong usage."
}

/// Which data folder a command is about.
struct DataDirectoryOptions: ParsableArguments {
    @Option(help: "Where everything durable lies (default: from the configuration, ./data).")
    var dataDirectory: String?

    @Option(help: "The YAML file to take that from.")
    var config: String?

    /// The folder that the flag names, or the configuration.
    func directory(_ environment: [String: String]) throws(Problems) -> String {
        if let dataDirectory { return dataDirectory }
        return try ResolvedConfiguration(
            flags: [:], environment: environment, file: config.map(ResolvedConfiguration.File.named) ?? .usual
        ).configuration.dataDirectory
    }
}
