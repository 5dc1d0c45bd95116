/// Looks in even steps whether everything still answers, and tells the outcome to who would end the process otherwise.
///
/// Each look comes from a timer of the loop and is made in a job of the loop, and only a look schedules the next one:
/// a loop that hangs anywhere says nothing more. Used on the loop only.
public final class Watchdog: @unchecked Sendable {
    private let loop: any Loop
    private let periodMilliseconds: Int64
    private let probe: @Sendable () -> String?
    private let tell: @Sendable (String?) -> Void
    private var timer: (any LoopTimer)?
    private var isRunning = false

    /// Makes a watchdog that does not look yet.
    ///
    /// - Parameters:
    ///   - periodMilliseconds: From one look to the next.
    ///   - probe: What does not answer; `nil` when everything does.
    ///   - tell: Gets the outcome of each look.
    public init(
        on loop: any Loop, periodMilliseconds: Int64, probe: @escaping @Sendable () -> String?,
        tell: @escaping @Sendable (String?) -> Void
    ) {
        precondition(periodMilliseconds > 0, "a watchdog needs time between its looks")
        self.loop = loop
        self.periodMilliseconds = periodMilliseconds
        self.probe = probe
        self.tell = tell
    }

    /// Looks now, and from now on.
    public func start() {
        guard !isRunning else { return }
        isRunning = true
        lookSoon()
    }

    /// Looks no more.
    public func stop() {
        isRunning = false
        timer?.cancel()
        timer = nil
    }

    private func lookSoon() {
        loop.post { [self] in
            guard isRunning else { return }
            tell(probe())
            timer = loop.schedule(afterMilliseconds: periodMilliseconds) { [self] in lookSoon() }
        }
    }
}
