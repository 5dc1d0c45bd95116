extension Desired {
    /// The properties in which two wishes differ, in the order in which they are sent.
    public static func differences(_ old: Self, _ new: Self) -> [PropertyPath] {
        let (old, new) = (old.normalised, new.normalised)
        return Set(old.paths + new.paths).filter { !old.isSame(as: new, at: $0) }.sorted()
    }

    /// The properties it names, in no order that means anything.
    var paths: [PropertyPath] {
        var paths: [PropertyPath] = []
        if name != nil { paths.append(.name) }
        if board != nil { paths.append(.board) }
        if zone != nil { paths.append(.zone) }
        paths += sensors.keys.map { .sensor($0) }
        paths += actuators.keys.map { .actuator($0) }
        paths += subzones.keys.map { .subzone($0) }
        return paths
    }

    /// The same as it is stored: ids of zones in lower case, pins of a subzone in order.
    public var normalised: Self {
        var normal = self
        normal.zone?.id = zone?.id.lowercased() ?? ""
        normal.zone?.masterID = zone?.masterID.lowercased() ?? ""
        for (id, wish) in subzones { normal.subzones[id]?.gpios = wish.gpios.sorted() }
        return normal
    }

    /// Whether it names a property.
    func names(_ path: PropertyPath) -> Bool {
        switch path {
        case .name: name != nil
        case .board: board != nil
        case .zone: zone != nil
        case .sensor(let key): sensors[key] != nil
        case .actuator(let gpio): actuators[gpio] != nil
        case .subzone(let id): subzones[id] != nil
        }
    }

    private func isSame(as other: Self, at path: PropertyPath) -> Bool {
        switch path {
        case .name: name == other.name
        case .board: board == other.board
        case .zone: zone == other.zone
        case .sensor(let key): sensors[key] == other.sensors[key]
        case .actuator(let gpio): actuators[gpio] == other.actuators[gpio]
        case .subzone(let id): subzones[id] == other.subzones[id]
        }
    }

    /// Whether a device that holds `report` needs nothing to be told about a property for this wish to come true.
    func isMet(by report: Self, at path: PropertyPath) -> Bool {
        switch path {
        case .name: name == report.name
        case .board: board == report.board
        case .zone: Self.isMet(zone, by: report.zone)
        case .sensor(let key): sensors[key]?.onDevice == report.sensors[key]?.onDevice
        case .actuator(let gpio): actuators[gpio]?.onDevice == report.actuators[gpio]?.onDevice
        case .subzone(let id): subzones[id] == report.subzones[id]
        }
    }

    /// A zone wish without a master zone accepts any.
    private static func isMet(_ wish: ZoneWish?, by report: ZoneWish?) -> Bool {
        guard let wish else { return report?.id.isEmpty ?? true }
        guard let report, wish.id == report.id else { return false }
        if wish.id.isEmpty { return true }
        return wish.name == report.name && (wish.masterID.isEmpty || wish.masterID == report.masterID)
    }
}

extension SensorWish {
    /// The wish without what the server alone knows.
    fileprivate var onDevice: Self {
        var wish = self
        wish.temperatureFrom = nil
        return wish
    }
}
