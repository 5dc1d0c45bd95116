import Glibc

/// The signals Doppel obeys.
enum SignalNumber: Int32 {
    case interrupt = 2
    case terminate = 15
    /// Emergency stop of everything.
    case emergencyStop = 12

    /// Ends the process at once, with the status shells use for Ctrl-C.
    static func endProcess() -> Never { _exit(130) }

    /// Lets a write to a closed socket fail instead of ending the process.
    static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }
}
