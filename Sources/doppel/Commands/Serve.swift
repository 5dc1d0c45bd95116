import ArgumentParser
import Foundation
import TwinCore

/// `doppel serve`: the runtime.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the live twins.",
        discussion: """
            Connects to the broker (its own by default), rebuilds every twin from the data directory, and serves the \
            HTTP interface. Ctrl-C drives every output to its safe state and ends. SIGUSR2 is an emergency stop of \
            everything (`kill -USR2 PID`): outputs go off and stay off, the program goes on.

            Exit status: 0 ended in order; 1 configuration or models are wrong; 2 a part could not be kept running; \
            64 wrong usage; 130 ended at once by a second Ctrl-C.
            """)

    @OptionGroup var options: ConfigurationOptions

    @Flag(help: "Show the settings in force, with secrets hidden, and end.")
    var printConfig = false

    @Flag(help: "Run the simulated devices of a scenario beside the twins.")
    var demo = false

    @Option(help: "The scenario of --demo, a YAML file.")
    var scenario = ScenarioFile.greenhouse

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        MemoryArenas.limit(environment: environment)
        let resolved: ResolvedConfiguration
        let catalogue: Catalogue
        let fleet: ScenarioFile?
        do throws(Problems) {
            resolved = try options.resolve(environment: environment)
            if printConfig { return Console.standard.show(resolved.listing) }
            if demo, resolved.configuration.broker != .embedded {
                throw Problems([
                    Problem(
                        "--demo", "simulated devices belong on the embedded broker; leave out --broker-url or --demo")
                ])
            }
            catalogue = try CatalogueLoader.load(directory: resolved.configuration.twinsDirectory)
            fleet = demo ? try ScenarioFile(path: scenario) : nil
        } catch {
            for problem in error.list { Console.standard.tell(problem.description) }
            Console.standard.tell("Nothing was started. `doppel check` lists all problems again.")
            throw ExitCode(1)
        }
        let configuration = resolved.configuration
        LogSetup.begin(configuration.logLevel, configuration.logFormat)
        SignalNumber.ignoreBrokenPipes()
        SignalStop.keepEarlySignals()
        do {
            let assembly = try Assembly(
                configuration, settings: .find(configurationFile: options.config ?? ConfigurationFile.defaultPath),
                environment: environment, catalogue: catalogue, fleet: fleet?.devices ?? []
            ) { port in
                var shown = configuration
                shown.httpPort = port
                Console.standard.show("Twins: \(shown.interfaceURL)/   (Ctrl-C ends)")
            }
            if case .gaveUp(let reason) = await assembly.run() {
                Console.standard.tell("Doppel ended: \(reason)")
                throw ExitCode(2)
            }
            Console.standard.tell("Ended in order.")
        } catch let code as ExitCode {
            throw code
        } catch {
            Console.standard.tell("Doppel did not start: \(error)")
            throw ExitCode(2)
        }
    }
}
