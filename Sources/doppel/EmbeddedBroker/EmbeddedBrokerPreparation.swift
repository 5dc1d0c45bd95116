import Foundation

/// What has to be done before mosquitto can be started; blocks, so it runs on the loop's worker pool.
struct EmbeddedBrokerPreparation: Sendable {
    /// Where to listen on loopback.
    let port: Int
    /// Doppel's data folder.
    let dataDirectory: String
    /// The settings that do not depend on this machine.
    let settings: EmbeddedBrokerSettings
    /// Folders in which programs are looked for; Debian keeps mosquitto where `PATH` of ordinary users does not lead.
    let searchPath: [String]

    /// What to start.
    struct Command: Sendable, Equatable {
        /// The program's path.
        var executable: String
        /// Its arguments.
        var arguments: [String]
    }

    /// The folders of `PATH`, and those of system programs.
    static func searchPath(_ environment: [String: String]) -> [String] {
        (environment["PATH"] ?? "").split(separator: ":").map(String.init) + ["/usr/local/sbin", "/usr/sbin", "/sbin"]
    }

    /// How mosquitto is told its configuration file.
    static func arguments(_ configurationFile: String) -> [String] { ["-c", configurationFile] }

    /// Writes the configuration file, ends a broker that was left behind, and sees that the port is free.
    func prepare() throws(EmbeddedBrokerFailure) -> Command {
        guard let mosquitto = program("mosquitto") else { throw .notInstalled }
        let folder = URL(fileURLWithPath: dataDirectory).appendingPathComponent("mosquitto").standardizedFileURL.path
        let file = "\(folder)/mosquitto.conf"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
            let text = Data(settings.file(port: port, folder: folder, isRoot: geteuid() == 0).utf8)
            // What is there already needs no room: on a full disk, the broker carries the words that switch off.
            if FileManager.default.contents(atPath: file) != text {
                try text.write(to: URL(fileURLWithPath: file), options: .atomic)
            }
        } catch {
            throw .folder(folder, reason: error.localizedDescription)
        }
        StaleBroker(configurationFile: file).end()
        guard LoopbackPort(number: port).isFree else { throw .portTaken(port) }
        guard let setpriv = program("setpriv") else {
            // Not Linux, or a very small one: a Doppel that is killed then leaves a broker behind until its next start.
            return Command(executable: mosquitto, arguments: Self.arguments(file))
        }
        // The kernel ends mosquitto with the thread that started it, even when that is killed with SIGKILL. setpriv
        // becomes mosquitto (exec), so the process we know is the broker itself.
        return Command(
            executable: setpriv, arguments: ["--pdeathsig", "TERM", "--", mosquitto] + Self.arguments(file))
    }

    private func program(_ name: String) -> String? {
        searchPath.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
