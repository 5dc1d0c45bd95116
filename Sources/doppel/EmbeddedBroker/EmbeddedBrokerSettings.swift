import Foundation

/// The configuration of the embedded mosquitto.
struct EmbeddedBrokerSettings: Sendable, Equatable {
    /// The part that does not depend on this machine.
    let common: String

    /// What is used where `config/mosquitto/embedded.conf` is not at hand; the same text (a test compares them).
    static let builtIn = EmbeddedBrokerSettings(
        common: """
            # Settings of the mosquitto that Doppel runs for itself.
            # Doppel adds the listener (loopback only), the place of the store and, where it runs as root, the user.

            # Only this machine can reach the listener.
            allow_anonymous true

            # What was not delivered survives a restart. The store is also written at every orderly end.
            persistence true
            persistence_file mosquitto.db
            autosave_interval 10

            # The window of the subscriber is the back-pressure (its MQTT 5 receive maximum); what does not fit in waits here,
            # however much it is. 0 means no limit of the broker's own.
            max_inflight_messages 0
            max_queued_messages 0

            # Small messages leave at once; without this each may wait 40 ms for company.
            set_tcp_nodelay true

            # Doppel refuses, and keeps, what is larger than 64 KiB; the broker only stops what is absurd.
            max_packet_size 1048576

            log_dest stderr
            log_type error
            log_type warning
            log_type notice
            connection_messages false

            """)

    /// Looks for `mosquitto/embedded.conf` beside the configuration file, then below `./config`.
    ///
    /// - Parameter configurationFile: The YAML file's path, where one was named.
    static func find(configurationFile: String?) -> EmbeddedBrokerSettings {
        let beside = configurationFile.map { URL(fileURLWithPath: $0).deletingLastPathComponent().path }
        for folder in [beside, "config"].compactMap(\.self) {
            if let text = try? String(contentsOfFile: "\(folder)/mosquitto/embedded.conf", encoding: .utf8) {
                return EmbeddedBrokerSettings(common: text)
            }
        }
        return builtIn
    }

    /// The whole file.
    ///
    /// - Parameters:
    ///   - port: Where to listen on loopback.
    ///   - folder: Where the store lies, an absolute path.
    ///   - isRoot: Whether mosquitto is started as root.
    func file(port: Int, folder: String, isRoot: Bool) -> String {
        var lines = [common, "listener \(port) 127.0.0.1", "persistence_location \(folder)/"]
        // Started as root, mosquitto would become the user `mosquitto`, who cannot write to our folder; and a process
        // that changes its user loses the signal that ends it with us.
        if isRoot { lines.append("user root") }
        return lines.joined(separator: "\n") + "\n"
    }
}
