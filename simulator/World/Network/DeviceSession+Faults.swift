import Fleet
import TwinCore

extension DeviceSession {
    /// Something happens to this device.
    func suffer(_ fault: PlannedFault, in world: World) {
        let gpio = World.pin(fault.gpio)
        switch fault.fault {
        case .cut: disconnect(reconnectsAfter: fault.spanMilliseconds)
        case .flappingLink: repeatedly(fault, in: world) { $0.disconnect(reconnectsAfter: $1) }
        case .reboot: reboot(for: fault.spanMilliseconds)
        case .rebootStorm: repeatedly(fault, in: world) { $0.reboot(for: $1) }
        case .brownOut: begin(fault, in: world) { $0.brownsOut = $1 }
        case .duplicate:
            doublesMessages = true
            world.heal(after: fault.spanMilliseconds) { self.doublesMessages = false }
        case .reorder: begin(fault, in: world) { $0.reordersMessages = $1 }
        case .deviceClockJump: skewMilliseconds += fault.number
        case .lostAnswers:
            let usual = device.specification.personality.lostAnswers
            begin(fault, in: world) { $0.device.personality.lostAnswers = $1 ? 1 : usual }
        case .lateAnswers:
            let usual = device.specification.personality.answerDelayMilliseconds
            begin(fault, in: world) { $0.device.personality.answerDelayMilliseconds = $1 ? 12_000 : usual }
        case .silentSensors:
            device.personality.failingPins = [World.pin(4), World.pin(0)]
            world.heal(after: fault.spanMilliseconds) { self.device.personality.failingPins = [] }
        case .lyingAnswers: breakOutput(gpio, .lying, fault, in: world)
        case .stuckOn: breakOutput(gpio, .stuckOn, fault, in: world)
        case .stuckOff: breakOutput(gpio, .stuckOff, fault, in: world)
        case .foreignRetained: leaveForeignCommand(gpio, fault, in: world)
        case .twinID: meetRival(fault, in: world)
        default: preconditionFailure("\(fault.fault.rawValue) does not strike a device")
        }
    }

    /// Something comes between the device and the runtime while it lasts.
    private func begin(_ fault: PlannedFault, in world: World, _ set: @escaping (DeviceSession, Bool) -> Void) {
        disturbances += 1
        set(self, true)
        world.heal(after: fault.spanMilliseconds) {
            set(self, false)
            self.disturbances -= 1
            self.calmSince = self.broker.time.milliseconds
        }
    }

    private func repeatedly(
        _ fault: PlannedFault, in world: World, _ strike: @escaping @Sendable (DeviceSession, Int64) -> Void
    ) {
        let end = broker.time.milliseconds + fault.spanMilliseconds
        begin(fault, in: world) { _, _ in }
        @Sendable func again() {
            guard world.isTroubled, broker.time.milliseconds < end else { return }
            strike(self, broker.time.chance(500...3_000, &randomness))
            broker.time.after(broker.time.chance(500...5_000, &randomness)) { again() }
        }
        again()
    }

    /// What is broken already stays as it is.
    private func breakOutput(_ gpio: GPIO, _ fault: OutputFault, _ planned: PlannedFault, in world: World) {
        let output = record.output(gpio)
        guard output.soundSince != nil else { return }
        output.soundSince = nil
        perform(device.setFault(fault, of: gpio, at: now))
        world.heal(after: planned.spanMilliseconds) {
            output.soundSince = max(1, self.broker.time.milliseconds)
            self.perform(self.device.setFault(nil, of: gpio, at: self.now))
        }
    }

    /// Somebody else leaves an ON on the command topic, and takes it away in the end.
    private func leaveForeignCommand(_ gpio: GPIO, _ fault: PlannedFault, in world: World) {
        let topic = "kaiser/god/esp/\(device.specification.id)/actuator/\(gpio)/command"
        let payload = Array("{\"command\":\"ON\",\"value\":1.0,\"duration\":0,\"correlation_id\":\"foreign\"}".utf8)
        let output = record.output(gpio)
        let end = broker.time.milliseconds + fault.spanMilliseconds
        output.foreignUntil = max(output.foreignUntil ?? 0, end)
        broker.order(SimulatedMessage(topic: topic, payload: payload, qos: 1, isRetained: true))
        if let span = world.options.rules.clearsRetainedMilliseconds { judgeRetained(topic, within: span) }
        world.heal(after: fault.spanMilliseconds) {
            output.foreignUntil = max(output.foreignUntil ?? 0, self.broker.time.milliseconds)
            self.broker.order(SimulatedMessage(topic: topic, payload: [], qos: 1, isRetained: true))
        }
    }

    /// What others retain on a command topic is cleared once the runtime could have heard of it for so long.
    private func judgeRetained(_ topic: String, within span: Int64, since begun: Int64 = 0) {
        broker.time.after(250) {
            guard !self.broker.retained(matching: [TopicFilter(topic)]).isEmpty else { return }
            let now = self.broker.time.milliseconds
            guard let hearing = self.oracle.hearingSince(), self.broker.controlUpSince() != nil else {
                return self.judgeRetained(topic, within: span)
            }
            let since = max(begun > 0 ? begun : now, hearing)
            if now > since + span {
                return self.oracle.violate(
                    .commandHygiene, "what somebody retained on \(topic) is not cleared after \(now - since) ms",
                    at: now)
            }
            self.judgeRetained(topic, within: span, since: since)
        }
    }

    /// A second device takes this one's id: the broker drops whichever connected first, again and again.
    private func meetRival(_ fault: PlannedFault, in world: World) {
        guard rival == nil else { return }
        record.hadRival = true
        let other = DeviceSession(
            SimulatedDevice(specification: device.specification, seed: randomness.next()), broker, oracle,
            randomness.split(), isRival: true)
        broker.add(other)
        other.rival = self
        rival = other
        other.connect()
        begin(fault, in: world) { session, isThere in
            guard !isThere else { return }
            session.rival = nil
            other.rival = nil
            other.fallSilent()
            other.disconnect(reconnectsAfter: 0)
            session.broker.remove(other)
            session.connect()
        }
    }
}
