// What a device shows by itself: its zone and the number of its parts.

extension ConfigurationState {
    mutating func applyZone(_ id: String, _ masterID: String, at moment: Moment) {
        let before = reported.zone?.id ?? ""
        let wasApplied = properties[.zone]?.state == .applied
        // Devices report no names: the name is the one that was last told together with this id.
        let name = [unconfirmed.zone, reported.zone].compactMap { $0?.id == id ? $0?.name : nil }.first ?? ""
        reported.zone = ZoneWish(id: id, masterID: masterID, name: name)
        // An order that is still under way may yet be carried out; one that was given up shows its effect now.
        if step?.awaited.contains(.zone) != true { unconfirmed.zone = nil }
        leaveSubzones(of: before, at: moment)
        settle(.zone, at: moment)
        if wasApplied, properties[.zone]?.state == .pending { slowDown(at: moment) }
    }

    /// A device that was in another zone before: without a zone it has no subzones, in another one they are in doubt.
    mutating func leaveSubzones(of before: String, at moment: Moment) {
        let zone = reported.zone?.id ?? ""
        guard zone != before else { return }
        let paths = Set((reported.paths + unconfirmed.paths).filter { $0.lane == .subzones })
        if zone.isEmpty {
            unconfirmed.subzones = [:]
        } else {
            unconfirmed.subzones.merge(reported.subzones) { told, _ in told }
        }
        reported.subzones = [:]
        for path in paths.sorted() { settle(path, at: moment) }
    }

    /// A device that loses its zone is given it again after 60 s, and more rarely the more often that happens.
    private mutating func slowDown(at moment: Moment) {
        guard var pace = paces[.zone], let toldAt = pace.toldAt else { return }
        let isFirst = moment.uptime.milliseconds(since: toldAt) > ConfigurationPace.longestPauseMilliseconds
        pace.failures = isFirst ? 1 : pace.failures + 1
        pace.pausedUntil = toldAt.advanced(byMilliseconds: pace.pauseMilliseconds)
        paces[.zone] = pace
    }

    mutating func applyMismatch(_ sensors: Int?, _ actuators: Int?, at moment: Moment) {
        let isSame = mismatch.map { $0.sensors == sensors && $0.actuators == actuators } ?? false
        mismatch = Mismatch(
            sensors: sensors, actuators: actuators, pushes: isSame ? (mismatch?.pushes ?? 0) + 1 : 1, at: moment)
        let held = reported.paths
        // It may still hold some of it: what is not wished any more has yet to be taken back.
        if sensors != nil {
            unconfirmed.sensors.merge(reported.sensors) { told, _ in told }
            reported.sensors = [:]
        }
        if actuators != nil {
            unconfirmed.actuators.merge(reported.actuators) { told, _ in told }
            reported.actuators = [:]
        }
        for path in held.sorted() where path.lane == .push { settle(path, at: moment) }
    }

    /// How many parts of a section a device runs that is as its answers prove, whatever it made of the others.
    func expectedCount(_ section: ConfigurationAnswer.Section) -> ClosedRange<Int> {
        let held = Set(reported.paths.filter { $0.section == section })
        let doubted = Set(unconfirmed.paths.filter { $0.section == section })
        return held.subtracting(doubted).count...held.union(doubted).count
    }

    /// Before which uptime counts that do not fit are not believed.
    func countsSettleAt(sensors: Int?, actuators: Int?) -> Uptime? {
        var times = 0
        if let mismatch, mismatch.sensors == sensors, mismatch.actuators == actuators { times = mismatch.pushes }
        guard let since = [paces[.push]?.endedAt, mismatch?.at.uptime].compactMap({ $0 }).max() else { return nil }
        return since.advanced(
            byMilliseconds: ConfigurationPace.doubled(
                Mismatch.cooldownMilliseconds, times, Mismatch.longestCooldownMilliseconds))
    }

    // MARK: One property

    /// Brings a property's state in line with what is wished and what is reported.
    mutating func settle(_ path: PropertyPath, at moment: Moment) {
        if isMet(path) {
            guard desired.names(path) else {
                properties[path] = nil
                return
            }
            if properties[path]?.state != .applied { set(path, .applied, at: moment) }
            properties[path]?.validUntil = nil
            properties[path]?.expiresAt = nil
        } else if properties[path] == nil {
            // A zone that nobody ever wished away is the device's own.
            if path != .zone { set(path, .pending, at: moment) }
        } else if properties[path]?.state == .applied {
            set(path, .pending, at: moment)
        }
    }

    mutating func set(_ path: PropertyPath, _ state: PropertyState, at moment: Moment) {
        guard let property = properties[path] else {
            properties[path] = Property(state: state, since: moment.time)
            return
        }
        guard property.state != state else { return }
        properties[path]?.state = state
        properties[path]?.since = moment.time
    }

    /// Whether the step under way says of a property what is wished.
    func isUnderWayAsWished(_ path: PropertyPath) -> Bool {
        guard let step = step?.step else { return false }
        // What the device already holds does not matter here: a removal leaves nothing to compare with.
        var told = Desired()
        step.carryOut(path, in: &told)
        return desired.isMet(by: told, at: path)
    }

    mutating func forgetDoubt(_ path: PropertyPath) {
        switch path {
        case .name, .board: break
        case .zone: unconfirmed.zone = nil
        case .sensor(let key): unconfirmed.sensors[key] = nil
        case .actuator(let gpio): unconfirmed.actuators[gpio] = nil
        case .subzone(let id): unconfirmed.subzones[id] = nil
        }
    }
}
