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
        case .renew: renew(action, device, run)
        case .stopAll, .stopDevice, .stopZone, .stopSubzone, .stopActuator, .stopKind, .stopKaiser, .drill:
            stop(run, scope(of: action, device), isDrill: action.action == .drill)
        case .clear: clearAll(run)
        case .clearOne: clearOldest(run)
        case .tag: tag(action, device, run)
        case .untag:
            oracle.untagged(device, pin(action.gpio))
            let output = OutputAddress(device: device, gpio: pin(action.gpio))
            run.runtime.assumeIsolated { $0.removeLockout(of: output, by: "user:world") { _ in } }
        case .safeMode: operate(.enterSafeMode, device, run)
        case .exclude: run.runtime.assumeIsolated { $0.admit(device, .reject, by: "user:world") { _ in } }
        case .wish: if isTroubled { wish(action, session, run) }
        case .compare: compareWithReplay()
        }
    }

    // MARK: Commands

    private func command(_ verb: CommandOrder.Verb, _ action: PlannedAction, _ device: DeviceID, _ run: RuntimeRun) {
        outcome.commands += 1
        let output = OutputAddress(device: device, gpio: pin(action.gpio))
        var request = CommandRequest(
            device: device, gpio: output.gpio, verb: verb, value: verb == .pwm ? 0.7 : nil,
            durationSeconds: action.seconds, issuedBy: "user:world")
        // Who had asked the older instance goes on asking it, while there is one.
        let asked = action.atMilliseconds.isMultiple(of: 2) ? lingering ?? run : run
        if action.device == WorldSite.hazardous.device, action.gpio == WorldSite.hazardous.gpio, verb != .off {
            if let first = awaitsSecond {
                request = first
                // Some try to be both.
                if !action.atMilliseconds.isMultiple(of: 3) { request.issuedBy = "user:second" }
                awaitsSecond = nil
            }
            request.seenRevision = revision(of: output, asked)
        }
        oracle.asks(request.issuedBy, device, output.gpio, at: time.milliseconds)
        submit(request, to: asked)
    }

    private func submit(_ request: CommandRequest, to run: RuntimeRun) {
        let output = OutputAddress(device: request.device, gpio: request.gpio)
        // What nobody has heard of cannot be switched off, and an older instance is not the one that people rely on.
        let mustLeave =
            request.verb == .off && run === self.run && run.link.isControlUp && revision(of: output, run) != nil
        let before = oracle.record(output.device).output(output.gpio).offsLeft
        run.runtime.assumeIsolated { runtime in
            runtime.submit(request) { result in
                guard case .success(let record) = result else { return }
                self.answered(request, record, by: run)
            }
        }
        if mustLeave, run.isAlive { oracle.judgeOff(of: output, since: before, at: time.milliseconds) }
    }

    private func answered(_ request: CommandRequest, _ record: CommandRecord, by run: RuntimeRun) {
        guard record.state == .refused else {
            guard request.verb != .off else { return }
            return lastCommands[OutputAddress(device: request.device, gpio: request.gpio)] = record.order.id
        }
        if record.refusedBy == .secondPerson {
            awaitsSecond = request
            awaitsSecond?.seconds = record.order.id
        }
        guard run === self.run else { return }
        if request.verb == .off {
            oracle.violate(.off, "an OFF for \(request.device) was refused: \(record)", at: time.milliseconds)
        }
        if record.refusedBy == .latch { oracle.judgeLatched(request.device, at: time.milliseconds) }
    }

    private func revision(of output: OutputAddress, _ run: RuntimeRun) -> UInt64? {
        let snapshots = run.runtime.assumeIsolated { $0.snapshots() }
        return snapshots.first { $0.device.id == output.device }?.actuators.first { $0.gpio == output.gpio }?.revision
    }

    /// Prolongs what was asked for last, twice with the same key: that is one command.
    private func renew(_ action: PlannedAction, _ device: DeviceID, _ run: RuntimeRun) {
        let output = OutputAddress(device: device, gpio: pin(action.gpio))
        guard let last = lastCommands[output] else { return }
        outcome.commands += 1
        let request = CommandRequest(
            device: device, gpio: output.gpio, verb: .on, value: nil, durationSeconds: action.seconds ?? 5,
            issuedBy: "user:world", renews: last, seenRevision: revision(of: output, run),
            idempotencyKey: "key-\(action.atMilliseconds)")
        oracle.asks(request.issuedBy, device, output.gpio, at: time.milliseconds)
        let key = request.idempotencyKey ?? ""
        for _ in 0..<2 {
            run.runtime.assumeIsolated { runtime in
                runtime.submit(request) { result in
                    guard case .success(let record) = result else { return }
                    if record.state != .refused { self.lastCommands[output] = record.order.id }
                    if let first = self.answers[key], first != record.order.id {
                        self.oracle.violate(
                            .commandHygiene, "one key made two commands, \(first) and \(record.order.id)",
                            at: self.time.milliseconds)
                    }
                    self.answers[key] = record.order.id
                }
            }
        }
    }

    private func tag(_ action: PlannedAction, _ device: DeviceID, _ run: RuntimeRun) {
        let seconds = action.seconds ?? 10
        let (until, wall) = (Int64(seconds) * 1000 + time.milliseconds, Int64(seconds) * 1000 + time.wall.milliseconds)
        let request = LockoutRequest(
            output: OutputAddress(device: device, gpio: pin(action.gpio)), name: "user:world", reason: "at work",
            seconds: seconds)
        run.runtime.assumeIsolated { runtime in
            runtime.lockOut(request) { result in
                guard run === self.run, case .success = result else { return }
                self.oracle.tagged(device, self.pin(action.gpio), until: until, wallUntil: wall)
            }
        }
    }

    // MARK: Stops

    private func scope(of action: PlannedAction, _ device: DeviceID) -> StopScope {
        switch action.action {
        case .stopDevice, .drill: .device(device)
        case .stopZone: .zone("tent_\(action.device)")
        case .stopSubzone: .subzone(WorldSite.subzone, zone: nil)
        case .stopActuator: .actuator(device, pin(action.gpio))
        case .stopKind: .filter(StopFilter(kinds: ["pump"]))
        case .stopKaiser: .kaiser(.god)
        default: .all
        }
    }

    private func stop(_ run: RuntimeRun, _ scope: StopScope, isDrill: Bool) {
        outcome.stops += 1
        oracle.nothingHeldSince = nil
        let seen = covered(by: scope)
        let ordered = options.sabotage == .widensStops ? .all : scope
        let request = StopRequest(
            scope: ordered, reason: "the world says so", issuedBy: "user:world", isDrill: isDrill)
        oracle.stopping = scope
        run.runtime.assumeIsolated { runtime in
            runtime.stop(request) { result in
                // Only what was promised is held against the runtime, and what an older instance promises on a disk of
                // its own does not bind the newer one.
                guard run === self.run, case .success(let report) = result, report.isDurable,
                    report.incidents.contains(where: { $0.scope == ordered })
                else { return }
                self.incidents = report.incidents
                self.oracle.hold(seen)
            }
        }
        oracle.stopping = nil
    }

    /// What a stop covers for certain: of zones and kinds, where nobody can be in doubt.
    private func covered(by scope: StopScope) -> StopSeen {
        var (devices, outputs): ([DeviceID], [OutputAddress]) = ([], [])
        for session in sessions {
            let record = session.record
            switch scope {
            // A broadcast reaches also whom nobody knows.
            case .all: devices.append(record.id)
            case .kaiser: if record.isKnown { devices.append(record.id) }
            case .device(let id): if id == record.id { devices.append(id) }
            case .zone(let zone):
                // It was never anywhere else, and has said so: its heartbeat comes with its registration.
                if record.zones == [zone], record.wish == nil, record.asked.isEmpty, session.registeredSince != nil {
                    devices.append(record.id)
                }
            case .actuator(let id, let gpio):
                if id == record.id { outputs.append(OutputAddress(device: id, gpio: gpio)) }
            case .filter:
                // What was energised before was known with its kind.
                if record.output(pin(26)).lastEnergised != nil {
                    outputs.append(OutputAddress(device: record.id, gpio: pin(26)))
                }
            case .subzone: break
            }
        }
        return StopSeen(scope: scope, since: time.milliseconds, devices: devices, outputs: outputs)
    }

    /// Clears everything; unless somebody stops something meanwhile, or an older instance may, nothing is held then.
    private func clearAll(_ run: RuntimeRun) {
        oracle.released(at: time.milliseconds)
        let before = outcome.stops
        run.runtime.assumeIsolated { runtime in
            runtime.clearStops(by: "user:world") { result in
                guard case .success(let report) = result, report.isDurable, run === self.run, self.lingering == nil,
                    before == self.outcome.stops
                else { return }
                self.oracle.nothingHeldSince = self.time.milliseconds
            }
        }
    }

    private func clearOldest(_ run: RuntimeRun) {
        guard !incidents.isEmpty else { return }
        let incident = incidents.removeFirst()
        oracle.released(incident.scope, at: time.milliseconds)
        run.runtime.assumeIsolated { $0.clearStops(incident.id, by: "user:world") { _ in } }
    }

    // MARK: Taking part

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
