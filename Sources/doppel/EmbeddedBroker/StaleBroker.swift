import Foundation

/// Finds and ends a mosquitto that an earlier Doppel left behind on the same data folder.
///
/// Normally there is none: the system ends the child with us. It is told by its command line, which names our very
/// configuration file, so that no other mosquitto and no process that inherited a number is ever touched.
struct StaleBroker: Sendable {
    /// How long it may take to write its store, in milliseconds, before it is killed.
    static let patienceMilliseconds = 3000

    /// The absolute path of the configuration file it was started with.
    let configurationFile: String

    /// The processes that run with this file.
    func processes() -> [Int32] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { Int32($0) }.filter(isOurs).sorted()
    }

    /// Ends them by SIGTERM, so that nothing is lost, then by SIGKILL.
    ///
    /// Blocks until they are gone or cannot be ended.
    func end() {
        let pause = 20
        for process in processes() {
            kill(process, SIGTERM)
            var waited = 0
            while isOurs(process), waited < Self.patienceMilliseconds {
                usleep(UInt32(pause * 1000))
                waited += pause
            }
            if isOurs(process) { kill(process, SIGKILL) }
            while isOurs(process), waited < 2 * Self.patienceMilliseconds {
                usleep(UInt32(pause * 1000))
                waited += pause
            }
        }
    }

    private func isOurs(_ process: Int32) -> Bool {
        guard process != getpid(), let line = FileManager.default.contents(atPath: "/proc/\(process)/cmdline") else {
            return false
        }
        // A process that has ended and waits to be reaped has an empty line.
        let words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        guard let program = words.first, program.hasSuffix("mosquitto") else { return false }
        return words.dropFirst() == EmbeddedBrokerPreparation.arguments(configurationFile)[...]
    }
}
