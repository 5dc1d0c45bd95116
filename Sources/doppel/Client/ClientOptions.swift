public import ArgumentParser
import Foundation
public import TwinCore

/// The flags of every command that asks a running Doppel.
struct ClientOptions: ParsableArguments {
    @Option(help: "Where Doppel listens (default: from the configuration, http://127.0.0.1:8080).")
    var url: String?

    @Option(help: "The YAML file to take the address from.")
    var config: String?

    @Flag(help: "Print the server's JSON unchanged, for scripts.")
    var json = false

    /// Runs a command's conversation and ends the program with the status it returns.
    ///
    /// - Throws: The status, where it is not 0.
    func converse(
        _ purpose: Advice.Purpose, console: Console = .standard,
        _ conversation: (ClientSession) async throws(ClientFailure) -> Int32
    ) async throws {
        let session = ClientSession(
            client: DoppelClient(url: address(console)), console: console, isJSON: json,
            now: Date.now.timeIntervalSince1970)
        let status = await session.run(purpose, conversation)
        if status != ClientExit.success { throw ExitCode(status) }
    }

    /// The address to ask.
    ///
    /// A broken configuration must not keep anybody from stopping a pump.
    func address(_ console: Console, environment: [String: String] = ProcessInfo.processInfo.environment) -> String {
        if let url { return url }
        let (resolved, problems) = ResolvedConfiguration.asFarAsPossible(
            flags: [:], environment: environment, file: config.map(ResolvedConfiguration.File.named) ?? .usual)
        let address = resolved.configuration.interfaceURL
        if !problems.isEmpty {
            console.tell("The configuration has \(problems.count) problem(s), see `doppel check`; asking \(address).")
        }
        return address
    }
}

extension DeviceID: ExpressibleByArgument {
    /// Accepts a device's name in either case.
    public init?(argument: String) { self.init(argument.uppercased()) }
}

extension GPIO: ExpressibleByArgument {
    /// Accepts a pin number.
    public init?(argument: String) {
        guard let number = Int(argument) else { return nil }
        self.init(number)
    }
}

extension CommandOrder.Verb: ExpressibleByArgument {
    /// Accepts a verb in either case.
    public init?(argument: String) { self.init(rawValue: argument.uppercased()) }
}
