import EventLoop
import TwinRuntime

extension MosquittoBroker {
    /// Has telemetry stay at the broker by ending the ingest connection, whose session is kept, or connects it again.
    ///
    /// Answers have a session of their own and go on; so does what is sent. A batch that was handed over and is not
    /// durable yet is not acknowledged: the goodbye is left out, and the broker sends it again later.
    public func holdTelemetry(_ isHeld: Bool) {
        loop.checkIsolated()
        guard isHeld != telemetry.isHeld else { return }
        if isHeld {
            if let state = pair.hold() { tell(.ingest, state) }
        } else {
            pair.release()
        }
        carryOut(telemetry.hold(isHeld))
    }

    /// Does what became due for the link that brings telemetry; nothing while the broker is being stopped.
    func carryOut(_ step: TelemetryFlow.Step) {
        guard isRunning else { return }
        switch step {
        case .nothing: break
        case .begin:
            ingest = makeIngest()
            ingest.start(ingestEvents())
        case .end:
            // Whether the answers' session is older than what waits has to be seen again when telemetry is let in.
            coverage.ingestLost()
            ingest.stop { self.carryOut(self.telemetry.ended()) }
        }
    }
}
