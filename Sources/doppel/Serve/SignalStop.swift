import Glibc
import Logging
import Synchronization
import TwinCore
import TwinRuntime

/// The emergency stop of everything by a local signal: `kill -USR2`.
///
/// It needs neither HTTP nor a client, only the loop. Used on the loop only, but for ``keepEarlySignals()``.
final class SignalStop: @unchecked Sendable {
    /// Who issued such a stop.
    static let issuer = "signal:usr2"
    /// Why.
    static let reason = "signal SIGUSR2"

    /// Whether the signal came before the loop could take it.
    private static let hasComeEarly = Atomic(false)

    /// How far the twins are.
    private enum Phase {
        /// They are not there yet. Next: asked, ready.
        case early
        /// They are not there yet, and are stopped as soon as they are. Next: ready.
        case asked
        case ready
    }

    private let runtime: Runtime
    private let logger: Logger
    private var phase = Phase.early

    /// Makes a stop that nobody has asked for.
    init(of runtime: Runtime, logger: Logger) {
        self.runtime = runtime
        self.logger = logger
    }

    /// Keeps a signal in mind that comes while the program is being put together, instead of ending by it.
    static func keepEarlySignals() {
        // Made before the handler could need it, because nothing may be made in a handler.
        hasComeEarly.store(false, ordering: .relaxed)
        _ = signal(SignalNumber.emergencyStop.rawValue) { _ in
            SignalStop.hasComeEarly.store(true, ordering: .relaxed)
        }
    }

    /// The loop takes the signal from now on.
    func watching() {
        if Self.hasComeEarly.exchange(false, ordering: .relaxed) { asked() }
    }

    /// The signal came.
    func asked() {
        logger.critical("SIGUSR2: emergency stop of everything.")
        switch phase {
        case .early: phase = .asked
        case .asked: break
        case .ready: stop()
        }
    }

    /// Every twin is there.
    func twinsRun() {
        let isAsked = phase == .asked
        phase = .ready
        if isAsked { stop() }
    }

    private func stop() {
        let request = StopRequest(scope: .all, reason: Self.reason, issuedBy: Self.issuer)
        runtime.assumeIsolated { runtime in
            runtime.stop(request) { [logger] outcome in
                guard case .success(let report) = outcome, report.isDurable else {
                    return logger.critical(
                        "The stop holds in memory only, because the disk does not take it. Do not restart Doppel.")
                }
                logger.critical("The stop by signal holds; `doppel stop status` shows the scoreboard.")
            }
        }
    }
}
