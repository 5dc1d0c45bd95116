import TwinCore

extension Scenario {
    /// The most devices of one scenario.
    public static let maximumDevices = 100_000

    /// Every device of the fleet, group by group.
    ///
    /// The same scenario always gives the same names, in the same order.
    ///
    /// - Throws: Every value that is wrong, with the member it stands in and what would be right.
    public func devices() throws(ScenarioError) -> [DeviceSpecification] {
        var expansion = ScenarioExpansion()
        if groups.isEmpty { expansion.refuse("devices", "is empty; a fleet has at least one group") }
        for (index, group) in groups.enumerated() { expansion.add(group, number: index) }
        guard expansion.problems.isEmpty else { throw ScenarioError(problems: expansion.problems) }
        return expansion.devices
    }

    /// Every device of the fleet, not yet powered up, each with its own seed.
    ///
    /// - Throws: As ``devices()``.
    public func fleet() throws(ScenarioError) -> [SimulatedDevice] {
        let specifications = try devices()
        return specifications.enumerated().map { index, specification in
            SimulatedDevice(specification: specification, seed: SeededNoise.mixed(seed &+ UInt64(index)))
        }
    }
}

/// The work of making a scenario into devices.
struct ScenarioExpansion {
    private(set) var devices: [DeviceSpecification] = []
    private(set) var problems: [ScenarioError.Problem] = []
    private var names: Set<DeviceID> = []

    mutating func refuse(_ member: String, _ explanation: String) {
        problems.append(ScenarioError.Problem(member: member, explanation: explanation))
    }

    mutating func add(_ group: Scenario.Group, number: Int) {
        let path = "devices[\(number)]"
        let template = template(of: group, path)
        for id in names(of: group, number: number, path) {
            guard devices.count < Scenario.maximumDevices else {
                return refuse(path, "exceeds the \(Scenario.maximumDevices) devices of one scenario")
            }
            guard names.insert(id).inserted else {
                refuse(path, "names \(id) again; give the group another id_prefix or other ids")
                continue
            }
            var device = template
            device.id = id
            device.sensors = device.sensors.enumerated().map { $1.addressed(for: id, number: $0) }
            devices.append(device)
        }
    }

    private mutating func names(of group: Scenario.Group, number: Int, _ path: String) -> [DeviceID] {
        if let ids = group.ids {
            if let count = group.count, count != ids.count {
                refuse("\(path).count", "is \(count), but there are \(ids.count) ids; leave it out")
            }
            if group.idPrefix != nil { refuse("\(path).id_prefix", "means nothing beside ids; leave it out") }
            return ids.enumerated().compactMap { index, text in
                let id = DeviceID(text)
                if id == nil {
                    refuse(
                        "\(path).ids[\(index)]", "'\(text)' must be ESP_ and 6 to 8 of 0-9 A-F, or MOCK_ and A-Z 0-9")
                }
                return id
            }
        }
        let digits = "0123456789ABCDEF"
        let prefix = group.idPrefix ?? Self.hex(number + 1, digits: 2)
        guard prefix.utf8.count <= 4, prefix.allSatisfy(digits.contains) else {
            refuse("\(path).id_prefix", "'\(prefix)' must be at most four of 0-9 A-F")
            return []
        }
        let room = 1 << (4 * (6 - prefix.utf8.count))
        let most = min(room - 1, Scenario.maximumDevices)
        guard let count = group.count, (1...most).contains(count) else {
            let found = group.count.map { "is \($0)" } ?? "is missing"
            refuse("\(path).count", "\(found); with id_prefix '\(prefix)' it must be 1 to \(most)")
            return []
        }
        return (1...count).compactMap { DeviceID("ESP_" + prefix + Self.hex($0, digits: 6 - prefix.utf8.count)) }
    }

    private static func hex(_ number: Int, digits: Int) -> String {
        let text = String(number, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}

extension SensorSpecification {
    /// The same sensor with a 1-Wire code that no other sensor has, if it needs one.
    fileprivate func addressed(for device: DeviceID, number: Int) -> Self {
        guard chip == .ds18b20 else { return self }
        var digest = UInt64(number)
        for byte in device.description.utf8 { digest = SeededNoise.mixed(digest &* 257 &+ UInt64(byte)) }
        let digits = String(digest >> 8, radix: 16, uppercase: true)
        // 28 is the family code of the DS18B20.
        let rom = "28" + String(repeating: "0", count: 14 - digits.utf8.count) + digits
        return Self(gpio: gpio, chip: chip, intervalSeconds: intervalSeconds, subzone: subzone, address: .oneWire(rom))
    }
}
