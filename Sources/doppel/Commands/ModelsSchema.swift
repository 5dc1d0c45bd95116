import ArgumentParser
import Foundation

/// `doppel models schema`.
struct ModelsSchema: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema", abstract: "Print the JSON schema of the models' files, for editors.",
        discussion: "Exit status: 0 done; 1 the file cannot be written; 64 wrong usage.")

    @Option(help: "The file to write it to (default: print it).")
    var output: String?

    func run() throws {
        let status = perform(console: .standard)
        if status != 0 { throw ExitCode(status) }
    }

    /// Writes the schema, and returns the status to end with.
    func perform(console: Console) -> Int32 {
        guard let output else {
            console.write(Array(CatalogueSchema.text.utf8))
            return 0
        }
        do {
            try Data(CatalogueSchema.text.utf8).write(to: URL(fileURLWithPath: output), options: .atomic)
            return 0
        } catch {
            console.tell("'\(output)' cannot be written: \(error.localizedDescription)")
            return 1
        }
    }
}
