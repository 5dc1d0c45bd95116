/// Why the embedded broker does not run.
enum EmbeddedBrokerFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no mosquitto on this machine.
    case notInstalled
    /// Somebody else listens on the port.
    case portTaken(Int)
    /// The data folder cannot be used.
    case folder(String, reason: String)
    /// The process could not be started.
    case notStarted(String)
    /// It runs and does not listen.
    case notListening(seconds: Int)
    /// It ended; with what it last said.
    case ended(String, lastWords: [String])

    /// Whether starting it again may help without anybody changing something.
    var mayRetry: Bool {
        switch self {
        case .notInstalled, .folder: false
        case .portTaken, .notStarted, .notListening, .ended: true
        }
    }

    /// What happened and what to do, for a person to read.
    var description: String {
        switch self {
        case .notInstalled:
            "the embedded broker needs the program mosquitto: install it (apt-get install mosquitto), or name another "
                + "broker with DOPPEL_BROKER_URL"
        case .portTaken(let port):
            "port \(port) on 127.0.0.1 is taken, perhaps by the system's own mosquitto; free it (systemctl stop "
                + "mosquitto), choose another one with DOPPEL_EMBEDDED_BROKER_PORT, or use that broker with "
                + "DOPPEL_BROKER_URL=mqtt://127.0.0.1:\(port)"
        case .folder(let path, let reason): "the embedded broker cannot use '\(path)': \(reason)"
        case .notStarted(let reason): "the embedded broker did not start: \(reason)"
        case .notListening(let seconds): "the embedded broker did not listen within \(seconds) s"
        case .ended(let how, let lastWords):
            "the embedded broker ended (\(how))" + (lastWords.last { $0.contains("Error") }.map { ": \($0)" } ?? "")
        }
    }
}
