import Fleet
import TwinCore
import TwinRuntime

extension World {
    /// Does what an operator was planned to do, if there is a runtime to ask.
    func act(_ action: PlannedAction) {
        guard isOperated, let run, sessions.indices.contains(action.device) else { return }
        let session = sessions[action.device]
        let device = session.device.specification.id
        oracle.note("operator: \(action)", at: time.milliseconds)
        switch action.action {
        case .on: command(.on, action, device, run)
        case .off: command(.off, action, device, run)
        case .pwm: command(.pwm, action, device, run)
        case .toggle: command(.toggle, action, device, run)
        case .stopAll: stop(run, .all)
        case .stopDevice: stop(run, .device(device))
        case .clear:
            oracle.released(at: time.milliseconds)
            run.runtime.assumeIsolated { $0.clearStops(by: "user:world") { _ in } }
        case .safeMode: operate(.enterSafeMode, device, run)
        case .exclude: run.runtime.assumeIsolated { $0.admit(device, .reject, by: "user:world") { _ in } }
        case .wish: if isTroubled { wish(action, session, run) }
        case .compare: compareWithReplay()
        }
    }

    private func command(_ verb: CommandOrder.Verb, _ action: PlannedAction, _ device: DeviceID, _ run: RuntimeRun) {
        outcome.commands += 1
        let request = CommandRequest(
            device: device, gpio: pin(action.gpio), verb: verb, value: verb == .pwm ? 0.7 : nil,
            durationSeconds: action.seconds, issuedBy: "user:world")
        // Who had asked the older instance goes on asking it, while there is one.
        let asked = action.atMilliseconds.isMultiple(of: 2) ? lingering ?? run : run
        asked.runtime.assumeIsolated { $0.submit(request) { _ in } }
    }

    private func stop(_ run: RuntimeRun, _ scope: StopScope) {
        outcome.stops += 1
        let stopped = sessions.map(\.device.specification.id).filter { scope.covers($0) }
        let ordered = options.sabotage == .widensStops ? .all : scope
        let request = StopRequest(scope: ordered, reason: "the world says so", issuedBy: "user:world")
        oracle.stopping = scope
        run.runtime.assumeIsolated { runtime in
            runtime.stop(request) { result in
                // Only what was promised is held against the runtime.
                guard run.isAlive, case .success(let report) = result, report.isDurable else { return }
                for device in stopped where report.incidents.contains(where: { $0.scope.covers(device) }) {
                    self.oracle.stopped(device, at: self.time.milliseconds)
                }
            }
        }
        oracle.stopping = nil
    }

    private func operate(_ kind: TwinCore.Operation.Kind, _ device: DeviceID, _ run: RuntimeRun) {
        let request = OperationRequest(device: device, kind: kind, by: "user:world")
        run.runtime.assumeIsolated { $0.operate(request) { _ in } }
    }

    /// What an operator switched off or excluded, he lets take part again after a while, also when all faults are over.
    func readmitLater() {
        time.after(time.chance(5_000...30_000, &readmission)) {
            if let run = self.run {
                for session in self.sessions { self.readmit(session, run) }
            }
            self.readmitLater()
        }
    }

    private func readmit(_ session: DeviceSession, _ run: RuntimeRun) {
        let device = session.device.specification.id
        if session.device.isInSafeMode { operate(.leaveSafeMode, device, run) }
        run.runtime.assumeIsolated { runtime in
            switch runtime.snapshots().first(where: { $0.device.id == device })?.device.status {
            case .rejected, .pendingApproval: runtime.admit(device, .approve, by: "user:world") { _ in }
            case .approved, .online, .offline, .deleted, nil: break
            }
        }
    }
}
