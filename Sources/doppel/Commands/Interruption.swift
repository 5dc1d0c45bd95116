import EventLoop
import Glibc

/// What is done when somebody ends a command that would leave something behind: Ctrl-C, or SIGTERM.
///
/// The process then ends with 128 plus the signal's number, as shells expect.
struct Interruption {
    private let loop: EventLoop

    /// Does this instead of ending at once, beside whatever the command is doing.
    init(_ cleanUp: @escaping @Sendable () -> Void) throws(EventLoopError) {
        let loop = try EventLoop()
        self.loop = loop
        loop.start()
        loop.post {
            for signal in [SignalNumber.interrupt, .terminate] {
                _ = try? loop.onSignal(signal.rawValue) {
                    cleanUp()
                    // At once: the command is in the middle of its work on another thread.
                    _exit(128 + signal.rawValue)
                }
            }
        }
    }

    /// Signals end the process at once again.
    func cancel() {
        loop.stop()
        loop.join()
    }
}
