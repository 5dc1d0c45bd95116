import Fleet
import TwinCore
import TwinRuntime

extension World {
    /// A planned fault happens, or begins to wait for its occasion.
    func strike(_ fault: PlannedFault) {
        guard isTroubled, sessions.indices.contains(fault.device) else { return }
        switch fault.fault {
        case .crashBeforeCommit, .crashAtCommit, .crashAfterCommit, .crashAtPublish, .crashAtJob:
            armed.append(fault)
        case .cut, .flappingLink, .duplicate, .reorder, .twinID, .reboot, .rebootStorm, .brownOut, .deviceClockJump,
            .lostAnswers, .lateAnswers, .lyingAnswers, .stuckOn, .stuckOff, .silentSensors, .foreignRetained:
            note(fault)
            sessions[fault.device].suffer(fault, in: self)
        case .loseIngest:
            note(fault)
            run?.link.loseIngest(for: fault.spanMilliseconds)
        case .telemetryHeld:
            note(fault)
            let runtime = run?.runtime
            runtime?.holdTelemetry("the store for history is full")
            heal(after: fault.spanMilliseconds) { runtime?.holdTelemetry(nil) }
        case .loseControl:
            note(fault)
            run?.link.loseControl(for: fault.spanMilliseconds)
        case .brokerRestart, .brokerReset:
            note(fault)
            broker.stop(keepsEverything: fault.fault == .brokerRestart, restartsAfter: fault.spanMilliseconds / 4)
        case .diskFull, .commitFails, .commitSlow: strikeDisk(fault)
        case .clockJump:
            note(fault)
            time.wallOffsetMilliseconds += fault.number
            oracle.clockJumped(by: fault.number)
        case .crash, .overlap: if run != nil { crash(fault) }
        }
    }

    /// Counts a fault, and what the outputs that it strikes were doing.
    func note(_ fault: PlannedFault) {
        outcome.faults += 1
        oracle.note("fault: \(fault)", at: time.milliseconds)
        for (index, session) in sessions.enumerated() where fault.fault.target == .everything || index == fault.device {
            for number in Schedule.outputs where fault.fault.target != .output || number == fault.gpio {
                let condition = oracle.condition(
                    of: session.record.output(pin(number)), session.record, isOnline: session.registeredSince != nil,
                    at: time.milliseconds)
                outcome.coverage.strike(fault.fault, condition)
            }
        }
    }

    /// Something that lasts is undone when its time is over, or when all trouble is.
    func heal(after span: Int64, _ healing: @escaping () -> Void) {
        let number = (healings.keys.max() ?? 0) + 1
        healings[number] = healing
        time.after(span) { self.healings.removeValue(forKey: number)?() }
    }

    /// From here on nothing goes wrong any more.
    func endTrouble() {
        isTroubled = false
        armed = []
        disk.failsAfter = nil
        let open = healings.sorted { $0.key < $1.key }
        healings = [:]
        for healing in open { healing.value() }
    }

    private func strikeDisk(_ fault: PlannedFault) {
        note(fault)
        diskWellSince = nil
        switch fault.fault {
        case .diskFull: disk.isFull = true
        case .commitSlow: disk.isSlow = true
        default: disk.failsAfter = fault.number
        }
        heal(after: max(fault.spanMilliseconds, 5_000)) { [unowned self] in
            switch fault.fault {
            case .diskFull: disk.isFull = false
            case .commitSlow: disk.isSlow = false
            default: break
            }
            if !disk.isFull, !disk.isSlow { diskWellSince = time.milliseconds }
        }
    }

    // MARK: The end of the process

    /// A run reached a point at which it may die.
    ///
    /// - Returns: Whether it died.
    func reached(_ point: Fault, by reaching: Int) -> Bool {
        guard !armed.isEmpty, reaching == run?.number, let place = armed.firstIndex(where: { $0.fault == point }) else {
            return false
        }
        armed[place].number -= 1
        guard armed[place].number <= 0 else { return false }
        crash(armed.remove(at: place))
        return true
    }

    private func crash(_ fault: PlannedFault) {
        guard let run else { return }
        note(fault)
        outcome.crashes += 1
        self.run = nil
        if fault.fault == .overlap {
            let older = disk.copy()
            oracle.olderDisks.append(older)
            run.linger(on: older)
            lingering = run
            oracle.lingeringRun = run.number
            oracle.nothingHeldSince = nil
            heal(after: fault.spanMilliseconds) {
                run.kill()
                self.lingering = nil
                self.oracle.lingeringRun = nil
            }
        } else {
            run.kill()
        }
        disk.crashed()
        time.after(max(100, fault.spanMilliseconds / (schedule.profile == .full ? 1 : 3))) {
            self.oracle.note("the runtime starts", at: self.time.milliseconds)
            self.startRuntime()
        }
    }
}
