import ArgumentParser
import Foundation
import TwinCore

/// `doppel models check`: says what is wrong with the models alone, and touches nothing.
struct ModelsCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check the models, and list every problem with its file and line.",
        discussion: "Reads and changes nothing. Exit status: 0 all is well; 1 there are problems; 64 wrong usage.")

    @Option(help: "Where the models lie (default: from the configuration, ./twins).")
    var twinsDirectory: String?

    @Option(help: "The YAML file to take that from.")
    var config: String?

    func run() throws {
        let status = perform(environment: ProcessInfo.processInfo.environment, console: .standard)
        if status != 0 { throw ExitCode(status) }
    }

    /// Checks the models, prints what was found, and returns the status to end with.
    func perform(environment: [String: String], console: Console) -> Int32 {
        do throws(Problems) {
            let catalogue = try CatalogueLoader.load(directory: directory(environment))
            console.show("ok: \(catalogue.counts)")
            return 0
        } catch {
            for problem in error.list { console.tell(problem.description) }
            console.tell("\(error.list.count) problem\(error.list.count == 1 ? "" : "s")")
            return 1
        }
    }

    /// The folder that the flag names, or the configuration; one that does not say it rightly is a problem.
    private func directory(_ environment: [String: String]) throws(Problems) -> String {
        if let twinsDirectory { return twinsDirectory }
        return try ResolvedConfiguration(
            flags: [:], environment: environment, file: config.map(ResolvedConfiguration.File.named) ?? .usual
        ).configuration.twinsDirectory
    }
}
