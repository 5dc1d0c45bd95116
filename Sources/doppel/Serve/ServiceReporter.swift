import Logging
import TwinRuntime

/// Keeps the service manager up to date, where there is one.
///
/// Used on the loop only.
///
/// Everything it says comes from the loop, so a loop that hangs says nothing, and the service manager acts.
final class ServiceReporter: @unchecked Sendable {
    /// How often the status line is looked at where no watchdog is to be fed, in milliseconds.
    static let statusMilliseconds: Int64 = 10_000

    private let manager: ServiceManager?
    private let loop: any Loop
    private let probe: @Sendable () -> String?
    private let status: @Sendable () -> String
    private let logger: Logger
    private var watchdog: Watchdog?
    private var lastStatus: String?
    private var lastSilence: String?
    private var isEnding = false

    /// Makes a reporter that has said nothing yet.
    ///
    /// - Parameters:
    ///   - probe: What does not answer; `nil` when everything does.
    ///   - status: How things stand, in one line.
    init(
        to manager: ServiceManager?, on loop: any Loop, logger: Logger, probe: @escaping @Sendable () -> String?,
        status: @escaping @Sendable () -> String
    ) {
        self.manager = manager
        self.loop = loop
        self.logger = logger
        self.probe = probe
        self.status = status
    }

    /// The tree runs; once is enough, and more does no harm.
    func treeRuns() {
        guard let manager, watchdog == nil, !isEnding else { return }
        tell([.ready])
        let period = manager.watchdogMilliseconds ?? Self.statusMilliseconds
        let watchdog = Watchdog(on: loop, periodMilliseconds: period, probe: probe) { [self] in looked($0) }
        self.watchdog = watchdog
        watchdog.start()
    }

    /// The end has begun; the watchdog is fed on until the loop ends.
    func ends(_ reason: String) {
        guard !isEnding else { return }
        isEnding = true
        tell([.stopping, .status("ending: \(reason)")])
    }

    private func looked(_ silence: String?) {
        if let silence, lastSilence == nil {
            logger.critical("Something does not answer; the watchdog is not fed.", metadata: ["reason": "\(silence)"])
        } else if silence == nil, lastSilence != nil {
            logger.notice("Everything answers again.")
        }
        lastSilence = silence
        var words: [ServiceManager.Word] = []
        if silence == nil, manager?.watchdogMilliseconds != nil { words.append(.watchdog) }
        let line = silence ?? status()
        if !isEnding, line != lastStatus {
            lastStatus = line
            words.append(.status(line))
        }
        if !words.isEmpty { tell(words) }
    }

    private func tell(_ words: [ServiceManager.Word]) {
        do throws(ServiceManager.Failure) {
            try manager?.tell(words)
        } catch {
            logger.warning("The service manager was not told.", metadata: ["reason": "\(error)"])
        }
    }
}
