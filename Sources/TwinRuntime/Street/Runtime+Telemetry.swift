import TwinCore

extension Runtime {
    /// Has readings stay at the broker, or lets them in again; on the loop, before the start too.
    ///
    /// Values then age, which is honest: a guard refuses what it has no fresh value for. Answers, heartbeats and alerts
    /// come, and commands and stops leave, as ever.
    ///
    /// - Parameter reason: Why, and what to do, for an operator; `nil` to let them in.
    public nonisolated func holdTelemetry(_ reason: String?) {
        assumeIsolated { runtime in
            let wasHeld = runtime.telemetryHold != nil
            runtime.telemetryHold = reason
            if wasHeld != (reason != nil) { runtime.broker.holdTelemetry(reason != nil) }
        }
    }
}
