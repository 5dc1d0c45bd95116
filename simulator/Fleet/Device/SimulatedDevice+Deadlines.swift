public import TwinCore

extension SimulatedDevice {
    /// When it wants ``ticked(at:)`` next; `nil` while nothing is due by itself.
    ///
    /// It may change with every call.
    public var nextDeadline: Uptime? {
        var earliest: Uptime?
        func consider(_ deadline: Uptime?) {
            guard let deadline else { return }
            earliest = earliest.map { min($0, deadline) } ?? deadline
        }
        for output in outputs {
            consider(output.autoOffAt)
            consider(output.protectedAt)
        }
        if case .settling(let until, _, _) = emergency { consider(until) }
        switch link {
        case .down(let offlineAt): consider(offlineAt)
        case .up(let session):
            consider(session.offlineAt)
            consider(nextHeartbeat(of: session))
            if session.isRegistered {
                if !outputs.isEmpty { consider(session.nextStatus) }
                consider(session.nextDiagnostics)
                nextReadings.forEach(consider)
            }
            consider(postponed.first?.due)
            consider(congestion.map { $0.until ?? $0.nextAt })
            consider(download?.deadline)
        }
        return earliest
    }

    /// Does all that is due by `now`.
    ///
    /// What protects comes first.
    mutating func runDue(at now: Moment, into actions: inout [DeviceAction]) {
        for index in outputs.indices { endOnTime(of: index, at: now, into: &actions) }
        settle(at: now, into: &actions)
        switch link {
        case .down(let offlineAt):
            if let offlineAt, offlineAt <= now.uptime { goOffline(at: now, into: &actions) }
        case .up(let session):
            if let offlineAt = session.offlineAt, offlineAt <= now.uptime { goOffline(at: now, into: &actions) }
            if nextHeartbeat(of: session) <= now.uptime { beat(at: now, into: &actions) }
            sendPostponed(at: now.uptime, into: &actions)
            runCongestion(at: now, into: &actions)
            waitForLibrary(at: now, into: &actions)
            guard session.isRegistered else { return }
            if session.nextDiagnostics <= now.uptime { diagnose(at: now, into: &actions) }
            if session.nextStatus <= now.uptime { reportOutputs(at: now, into: &actions) }
            for index in nextReadings.indices {
                guard let next = nextReadings[index], next <= now.uptime else { continue }
                measure(index, at: now, into: &actions)
            }
        }
    }

    /// When a connection's next heartbeat is due.
    func nextHeartbeat(of session: Session) -> Uptime {
        session.lastHeartbeat.advanced(
            byMilliseconds: session.isAcknowledged
                ? Int64(specification.heartbeatSeconds) * 1000 : Firmware.unacknowledgedHeartbeatMilliseconds)
    }

    /// Moves a sensor's next reading past `now`, keeping its place within the interval.
    mutating func rescheduleReading(_ index: Int, after now: Uptime) {
        guard let next = nextReadings[index] else { return }
        let interval = Int64(configuration.sensors[index].intervalSeconds) * 1000
        let late = now.milliseconds(since: next)
        guard late >= 0 else { return }
        nextReadings[index] = next.advanced(byMilliseconds: (late / interval + 1) * interval)
    }

    /// The state of the connection; `nil` without one.
    var session: Session? {
        get {
            switch link {
            case .up(let session): session
            case .down: nil
            }
        }
        set {
            if let newValue { link = .up(newValue) }
        }
    }
}
