import ArgumentParser

/// `doppel models`: what is known about kinds of sensors, actuators and boards.
struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check and list the models, and process stored values with them again.",
        discussion: "`check` and `schema` need files only; `list` and `reprocess` ask a running Doppel.",
        subcommands: [ModelsCheck.self, ModelsList.self, ModelsSchema.self, ModelsReprocess.self])
}
