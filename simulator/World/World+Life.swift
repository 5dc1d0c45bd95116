import Fleet
import TwinCore
import TwinRuntime

extension World {
    /// A handful of devices with every kind of output.
    func addDevices() {
        let count = randomness.number(2...5)
        for index in 0..<count {
            let digits = String(0xA00000 + Int(index) * 0x1111 + Int(randomness.number(0...0xFFF)), radix: 16)
            guard let id = DeviceID("ESP_\(digits.uppercased())") else {
                preconditionFailure("ESP_\(digits.uppercased()) is no device id")
            }
            let specification = DeviceSpecification(
                id: id, zone: "tent_\(index)",
                sensors: [
                    SensorSpecification(gpio: pin(4), chip: .ds18b20, intervalSeconds: Int(randomness.number(2...6))),
                    SensorSpecification(
                        gpio: pin(0), chip: .sht31, intervalSeconds: Int(randomness.number(3...9)), address: .i2c(68)),
                ],
                actuators: [
                    ActuatorSpecification(gpio: pin(26), kind: .pump),
                    ActuatorSpecification(gpio: pin(27), kind: .valve),
                    ActuatorSpecification(gpio: pin(25), kind: .pwm),
                    ActuatorSpecification(gpio: pin(33), kind: .relay),
                ], personality: makePersonality())
            let session = DeviceSession(
                SimulatedDevice(specification: specification, seed: randomness.next()), broker, checker,
                randomness.split())
            sessions.append(session)
            broker.add(session)
        }
    }

    /// What makes a device hard to deal with; most have something.
    private func makePersonality() -> Personality {
        var personality = Personality()
        switch randomness.number(0...6) {
        case 0: personality.lostAnswers = 0.2
        case 1: personality.repeatedAnswers = 0.3
        case 2: personality.answerDelayMilliseconds = Int(randomness.number(100...12_000))
        case 3: personality.forgets = Set(Personality.Part.allCases.filter { _ in randomness.happens(onceIn: 2) })
        case 4:
            personality.refusedPins = [pin(34)]
            personality.refusals = randomness.happens(onceIn: 2) ? nil : 2
        case 5: personality.startsUnconfigured = true
        default: break
        }
        return personality
    }

    func pin(_ number: Int) -> GPIO {
        guard let pin = GPIO(number) else { preconditionFailure("\(number) is no pin") }
        return pin
    }

    /// An operator who is never idle for long.
    func operateLater() {
        time.after(randomness.number(200...4_000)) {
            if self.run != nil, self.isOperated { self.operate() }
            self.operateLater()
        }
    }

    private func operate() {
        guard let run, let session = pick(sessions) else { return }
        let device = session.device.specification.id
        switch randomness.number(0...39) {
        case 0: stop(run, .all)
        case 1: stop(run, .device(device))
        case 2, 3: clear(run)
        case 4: operate(.enterSafeMode, device, run)
        case 5: exclude(device, run)
        default: command(run, device)
        }
    }

    private func command(_ run: RuntimeRun, _ device: DeviceID) {
        outcome.commands += 1
        let verbs: [CommandOrder.Verb] = [.on, .on, .on, .pwm, .pwm, .off, .toggle]
        guard let verb = pick(verbs), let number = pick([26, 27, 25, 33]) else { return }
        let request = CommandRequest(
            device: device, gpio: pin(number), verb: verb, value: verb == .pwm ? 0.7 : nil,
            durationSeconds: randomness.happens(onceIn: 3) ? nil : Int(randomness.number(1...20)),
            issuedBy: "user:world")
        run.runtime.assumeIsolated { $0.submit(request) { _ in } }
    }

    private func stop(_ run: RuntimeRun, _ scope: StopScope) {
        outcome.stops += 1
        let stopped = sessions.map(\.device.specification.id).filter { scope.covers($0) }
        let request = StopRequest(scope: scope, reason: "the world says so", issuedBy: "user:world")
        run.runtime.assumeIsolated { runtime in
            runtime.stop(request) { result in
                // Only what was promised is held against the runtime.
                guard case .success(let report) = result, report.isDurable, !report.incidents.isEmpty else { return }
                for device in stopped where report.incidents.contains(where: { $0.scope.covers(device) }) {
                    self.checker.stopped(device, at: self.time.milliseconds)
                }
            }
        }
    }

    private func clear(_ run: RuntimeRun) {
        // From here on the runtime may let go; the promise ends with the order, not with its answer.
        checker.released()
        run.runtime.assumeIsolated { $0.clearStops(by: "user:world") { _ in } }
    }

    private func operate(_ kind: TwinCore.Operation.Kind, _ device: DeviceID, _ run: RuntimeRun) {
        let request = OperationRequest(device: device, kind: kind, by: "user:world")
        run.runtime.assumeIsolated { $0.operate(request) { _ in } }
    }

    private func exclude(_ device: DeviceID, _ run: RuntimeRun) {
        run.runtime.assumeIsolated { $0.admit(device, .reject, by: "user:world") { _ in } }
    }

    /// What an operator switched off or excluded, he lets take part again after a while, also when all faults are over.
    func readmitLater() {
        time.after(randomness.number(5_000...30_000)) {
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

    /// Something goes wrong every few seconds.
    func troubleLater() {
        time.after(randomness.number(1_000...15_000)) {
            guard self.isTroubled else { return }
            self.trouble()
            self.troubleLater()
        }
    }

    private func trouble() {
        outcome.faults += 1
        switch randomness.number(0...9) {
        case 0, 1: pick(sessions)?.disconnect(reconnectsAfter: randomness.number(500...60_000))
        case 2: pick(sessions)?.reboot()
        case 3: run?.link.loseIngest()
        case 4: run?.link.loseControl()
        case 5: fillDisk()
        case 6: jumpClock()
        case 7: compareWithReplay()
        default: crash()
        }
    }

    private func fillDisk() {
        checker.note("the disk is full", at: time.milliseconds)
        disk.isFull = true
        time.after(randomness.number(500...20_000)) { self.disk.isFull = false }
    }

    private func jumpClock() {
        time.wallOffsetMilliseconds += randomness.number(-3_600_000...3_600_000)
    }

    private func crash() {
        guard let run else { return }
        outcome.crashes += 1
        checker.note("the runtime is killed", at: time.milliseconds)
        run.kill()
        self.run = nil
        disk.crashed()
        time.after(randomness.number(100...20_000)) {
            self.checker.note("the runtime starts", at: self.time.milliseconds)
            self.startRuntime()
        }
    }

    func pick<Element>(_ elements: [Element]) -> Element? {
        guard !elements.isEmpty else { return nil }
        return elements[Int(randomness.number(0...Int64(elements.count - 1)))]
    }
}
