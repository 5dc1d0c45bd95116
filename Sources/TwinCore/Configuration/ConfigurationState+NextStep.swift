// What is said next, of all that waits: the zone first, then items of sensors and actuators, then subzones.

extension ConfigurationState {
    /// The next step; `nil` when nothing waits or everything that waits is in a pause.
    func nextStep(
        mayLetGo: Bool = true, isolated: Set<String> = [], revision: UInt64, at moment: Moment
    ) -> ConfigurationStep? {
        for lane in ConfigurationLane.allCases {
            if let pausedUntil = paces[lane]?.pausedUntil, moment.uptime < pausedUntil { continue }
            let paths = pendingPaths(lane, mayLetGo: mayLetGo)
            guard let first = paths.first else { continue }
            let (prefix, order): (String, ConfigurationStep.Order) =
                switch lane {
                case .zone: ("z", .zone(zoneOrder))
                case .push: ("cfg", .push(push(of: paths, at: moment)))
                case .subzones: ("sz", subzoneOrder(first, isolated))
                }
            return ConfigurationStep(id: CommandID("\(prefix)-\(revision)"), issuedAt: moment.time, order: order)
        }
        return nil
    }

    /// The properties of a kind of step that can be told now, in the order in which they are.
    func pendingPaths(_ lane: ConfigurationLane, mayLetGo: Bool = true) -> [PropertyPath] {
        let pending = properties.filter { $0.key.lane == lane && $0.value.state == .pending }.keys.sorted()
        switch lane {
        case .zone: return pending.filter { mayLetGo || !letsGo($0) }
        case .push: return removalsFirst(pending.filter { mayLetGo || !letsGo($0) })
        case .subzones: return removalsFirst(pending.filter(isSubzoneReady))
        }
    }

    private func removalsFirst(_ paths: [PropertyPath]) -> [PropertyPath] {
        paths.filter { !desired.names($0) } + paths.filter(desired.names)
    }

    /// The zone as it is told; where the wish says nothing of a master zone, the device keeps its own.
    private var zoneOrder: ZoneWish {
        var order = desired.zone ?? ZoneWish(id: "")
        if order.masterID.isEmpty, !order.id.isEmpty { order.masterID = reported.zone?.masterID ?? "" }
        return order
    }

    // MARK: Pushes

    /// As many items as fit into one message.
    ///
    /// A pin changes hands in two pushes: a device takes the new owner in only after the old one is gone, and it reads
    /// the sensors first.
    private func push(of paths: [PropertyPath], at moment: Moment) -> ConfigurationPush {
        let removals = paths.filter { !desired.names($0) }
        let freed = Set(removals.flatMap { pins(of: $0, in: reported) + pins(of: $0, in: unconfirmed) })
        let isHandover = paths.contains { desired.names($0) && !freed.isDisjoint(with: pins(of: $0, in: desired)) }
        var (sensors, actuators): ([ConfigurationPush.SensorItem], [ConfigurationPush.ActuatorItem]) = ([], [])
        var bytes = ConfigurationPush.envelopeBytes
        for path in isHandover ? removals : paths {
            let (sensor, actuator) = items(of: path)
            bytes += (sensor?.maximumWireBytes ?? 0) + (actuator?.maximumWireBytes ?? 0)
            // One item always fits: its texts are cut.
            guard bytes <= ConfigurationPush.maximumBytes else { break }
            if let sensor { sensors.append(sensor) }
            if let actuator { actuators.append(actuator) }
        }
        // Also when the wall clock ran backwards: a device refuses what looks older than what it has.
        let seconds = UInt32(clamping: moment.time.milliseconds / 1000)
        return ConfigurationPush(
            sensors: sensors, actuators: actuators, generation: max(seconds, generation == .max ? .max : generation + 1)
        )
    }

    private func items(of path: PropertyPath) -> (ConfigurationPush.SensorItem?, ConfigurationPush.ActuatorItem?) {
        switch path {
        case .name, .board, .zone, .subzone: return (nil, nil)
        case .sensor(let key):
            let held = reported.sensors[key] ?? unconfirmed.sensors[key] ?? SensorWish(name: key.id)
            let wish = desired.sensors[key]
            return (ConfigurationPush.SensorItem(key: key, wish: wish ?? held, isActive: wish != nil), nil)
        case .actuator(let gpio):
            let held =
                reported.actuators[gpio] ?? unconfirmed.actuators[gpio]
                ?? ActuatorWish(type: "relay", name: "actuator \(gpio)")
            let wish = desired.actuators[gpio]?.onDevice
            return (nil, ConfigurationPush.ActuatorItem(gpio: gpio, wish: wish ?? held, isActive: wish != nil))
        }
    }

    /// The pins that a property of a push takes.
    private func pins(of path: PropertyPath, in document: Desired) -> [GPIO] {
        switch path {
        case .name, .board, .zone, .subzone: []
        case .sensor(let key): document.sensors[key] == nil ? [] : [key.gpio]
        case .actuator(let gpio):
            document.actuators[gpio].map { [gpio] + [$0.auxiliary].compactMap { $0 } } ?? []
        }
    }

    // MARK: Subzones

    /// Whether a subzone's zone is there and its parts are not still on their way.
    private func isSubzoneReady(_ path: PropertyPath) -> Bool {
        guard case .subzone(let id) = path, let wish = desired.subzones[id] else { return true }
        guard isMet(.zone), let zone = reported.zone, !zone.id.isEmpty else { return false }
        return !properties.contains { path, property in
            property.state.isOpen && pins(of: path, in: desired).contains { wish.gpios.contains($0) }
        }
    }

    private func subzoneOrder(_ path: PropertyPath, _ isolated: Set<String>) -> ConfigurationStep.Order {
        guard case .subzone(let id) = path else { preconditionFailure("\(path) is no subzone") }
        guard let wish = desired.subzones[id] else {
            return .subzoneRemoval(id, reported.subzones[id] ?? unconfirmed.subzones[id] ?? SubzoneWish())
        }
        return .subzone(
            SubzoneAssignment(
                subzone: id, wish: wish, isIsolated: isolated.contains(id), parentZone: reported.zone?.id ?? "",
                sensorCount: desired.sensors.keys.count { wish.gpios.contains($0.gpio) },
                actuatorCount: desired.actuators.keys.count { wish.gpios.contains($0) }))
    }
}
