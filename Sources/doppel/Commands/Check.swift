import ArgumentParser
import Foundation
import TwinCore

/// `doppel check`: says what is wrong with configuration and models, and touches nothing.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check configuration and models, and list every problem with its file and line.",
        discussion: "Reads and changes nothing. Exit status: 0 all is well; 1 there are problems; 64 wrong usage.")

    @OptionGroup var options: ConfigurationOptions

    func run() throws {
        let status = perform(environment: ProcessInfo.processInfo.environment, console: .standard)
        if status != 0 { throw ExitCode(status) }
    }

    /// Checks everything, prints what was found, and returns the status to end with.
    func perform(environment: [String: String], console: Console) -> Int32 {
        var problems: [Problem] = []
        var counts = ""
        // Models are checked even when the configuration is wrong, where it still says where they are.
        var directory: String? = options.twinsDirectory ?? ConfigurationKey.twinsDirectory.fallback
        do {
            let resolved = try options.resolve(environment: environment)
            directory = resolved.configuration.twinsDirectory
            let set = resolved.settings.values.count { $0.origin != .fallback }
            counts = "\(ConfigurationKey.allCases.count) settings (\(set) not at their default)"
        } catch {
            problems += error.list
            let isElsewhere = options.config != nil || environment[ConfigurationKey.twinsDirectory.variable] != nil
            if options.twinsDirectory == nil, isElsewhere { directory = nil }
        }
        if let directory {
            do {
                counts += ", \(try CatalogueLoader.load(directory: directory).counts)"
            } catch {
                problems += error.list
            }
        }
        guard problems.isEmpty else {
            for problem in problems { console.tell(problem.description) }
            console.tell("\(problems.count) problem\(problems.count == 1 ? "" : "s")")
            return 1
        }
        console.show("ok: \(counts)")
        return 0
    }
}
