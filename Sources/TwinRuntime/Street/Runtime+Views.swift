package import TwinCore

extension Runtime {
    /// How many twins a page looks at in one turn; the rest of a filtered list is looked at in later turns.
    static let twinsPerLook = 500

    func view(of twin: DeviceTwin) -> TwinView {
        TwinView(snapshot: twin.assumeIsolated { $0.snapshot }, moment: loop.moment, catalogue: catalogue)
    }

    func view(of id: DeviceID) -> TwinView? {
        directory.assumeIsolated { $0.twin(id) }.map { view(of: $0) }
    }

    /// Looks at a bounded number of twins; `isAtEnd` says whether there are more to look at.
    func look(_ query: TwinQuery, after id: DeviceID?) -> (found: [TwinView], last: DeviceID?, isAtEnd: Bool) {
        var query = query
        query.type = query.type.map { catalogue.sensorKind($0)?.name ?? $0 }
        let twins = directory.assumeIsolated { $0.twins(after: id, limit: Self.twinsPerLook) }
        var found: [TwinView] = []
        for twin in twins {
            guard twin.assumeIsolated({ $0.matches(query) }) else { continue }
            found.append(view(of: twin))
            if found.count == query.limit { return (found, twin.id, false) }
        }
        return (found, twins.last?.id, twins.count < Self.twinsPerLook)
    }

    /// Whether the journal holds everything that the twins know.
    package var isQuiet: Bool { standing == .idle && open.isEmpty }

    /// All twins, whole, in the order of their ids.
    package func snapshots() -> [DeviceSnapshot] {
        directory.assumeIsolated { $0.all() }.map { $0.assumeIsolated { $0.snapshot } }
    }

    /// The latch and the scoreboard.
    func report(isDurable: Bool) -> StopReport {
        var report = StopReport(incidents: latch.incidents, clearing: [], isDurable: isDurable, lines: [])
        report.isBrokerConnected = isControlConnected
        for twin in directory.assumeIsolated({ $0.all() }) {
            if case .clearing = twin.assumeIsolated({ $0.state.stop }) { report.clearing.append(twin.id) }
            let latch = latch
            let held = twin.assumeIsolated { twin in twin.incident(reachingInto: latch).map { ($0, twin.snapshot) } }
            guard let (incident, snapshot) = held else { continue }
            let reach = twin.assumeIsolated { twin in
                twin.incident(latch) == nil ? StopReach.outputs(twin.heldOutputs(latch)) : .device
            }
            for var line in StopReport.lines(of: snapshot, under: incident, reach) {
                line.incident = incident.id
                line.confirmedAfterMilliseconds = line.gpio.flatMap { gpio in
                    timings.milliseconds(incident.id, OutputAddress(device: line.device, gpio: gpio))
                }
                if !isControlConnected, line.standing != .stopped {
                    line.evidence = "not sent: the broker is not connected; sent first when it is"
                } else if !standing.takesFacts, line.standing != .stopped {
                    line.evidence = "sent; the device's answers wait at the broker until the disk takes facts"
                }
                if report.lines.count < StopReport.maximumLines {
                    report.lines.append(line)
                } else {
                    report.unlisted.append(line.standing)
                }
            }
        }
        return report
    }
}

extension StopReport {
    /// The scoreboard's lines of one device: one for each output, or one for the device when it showed none.
    static func lines(of snapshot: DeviceSnapshot, under incident: Incident, _ reach: StopReach) -> [Line] {
        let device = snapshot.device
        // A device that was not told yet proves nothing, whatever it showed before.
        let wasTold = reach != .device || device.isHeld(by: incident)
        let awaited = device.emergencyRefusal.map { "the device refuses: \($0)" } ?? "the device's word is awaited"
        let isReachable = device.status == .online || device.status == .pendingApproval || device.status == .rejected
        var isAcknowledged = false
        if case .stopped(_, _, _, true) = device.stop { isAcknowledged = true }
        guard !snapshot.actuators.isEmpty else {
            return [
                Line(
                    device: device.id, gpio: nil,
                    standing: isAcknowledged ? .stopped : isReachable ? .unconfirmed : .offline,
                    evidence: isAcknowledged ? "the device said that it obeyed" : awaited)
            ]
        }
        return snapshot.actuators.filter { reach.covers($0.gpio) }.map { actuator in
            let isShownOff = wasTold && actuator.safeState == nil && actuator.confirmed?.status.provesOff == true
            let evidence =
                isShownOff
                ? "the device shows it off"
                : isAcknowledged
                    ? "the device said that it obeyed; its status is awaited" : awaited
            return Line(
                device: device.id, gpio: actuator.gpio,
                standing: isShownOff ? .stopped : isReachable ? .unconfirmed : .offline, evidence: evidence)
        }
    }
}

extension DeviceTwin {
    /// Whether the twin is asked for by a query.
    func matches(_ query: TwinQuery) -> Bool {
        // What was removed is shown to those who ask for it.
        guard state.status == query.status ?? state.status, query.status != nil || state.status != .deleted else {
            return false
        }
        if let zone = query.zone, state.zone != zone { return false }
        guard let type = query.type else { return true }
        return shows(type)
    }
}
