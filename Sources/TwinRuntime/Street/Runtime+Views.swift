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
            guard let incident = twin.assumeIsolated({ $0.incident(reachingInto: latch) }) else { continue }
            let lines = twin.assumeIsolated { twin in
                twin.stopLines(
                    under: incident, twin.incident(latch) == nil ? .outputs(twin.heldOutputs(latch)) : .device)
            }
            for var line in lines {
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
