/// What an emergency stop covers; everything else is left alone.
public enum StopScope: Sendable, Hashable, Codable {
    /// Every device.
    case all
    /// Every device below a relay's name.
    case kaiser(KaiserID)
    /// Every device that reports the zone, as its zone or its master zone.
    case zone(String)
    /// The outputs of a subzone, in one zone or in all that have a subzone of the name.
    case subzone(String, zone: String?)
    /// One device.
    case device(DeviceID)
    /// One output.
    case actuator(DeviceID, GPIO)
    /// The outputs that fit.
    case filter(StopFilter)

    /// How far the stop reaches into a device.
    public func reach(into subject: StopSubject) -> StopReach {
        switch self {
        case .all: return .device
        case .kaiser(let kaiser): return subject.address.kaiser == kaiser ? .device : .nothing
        case .zone(let zone): return subject.isIn(zone) ? .device : .nothing
        case .device(let device): return subject.address.device == device ? .device : .nothing
        case .subzone(let id, let zone):
            guard zone.map({ subject.isIn($0) }) ?? true, let pins = subject.subzones[id] else { return .nothing }
            return StopReach(pins)
        case .actuator(let device, let gpio): return subject.address.device == device ? StopReach([gpio]) : .nothing
        case .filter(let filter): return filter.reach(into: subject)
        }
    }
}

/// Which outputs a stop covers: those that fit everything that is given.
public struct StopFilter: Sendable, Hashable, Codable {
    /// The kinds; empty for all.
    public var kinds: [String]
    /// The zones or master zones; empty for all.
    public var zones: [String]
    /// The devices; empty for all.
    public var devices: [DeviceID]

    /// Puts a filter together; with nothing in it, it covers every output.
    public init(kinds: [String] = [], zones: [String] = [], devices: [DeviceID] = []) {
        self.kinds = kinds
        self.zones = zones
        self.devices = devices
    }

    /// The most words in each of its lists.
    public static let maximumWords = 64

    func reach(into subject: StopSubject) -> StopReach {
        guard devices.isEmpty || devices.contains(subject.address.device),
            zones.isEmpty || zones.contains(where: { subject.isIn($0) })
        else { return .nothing }
        guard !kinds.isEmpty else { return .device }
        return StopReach(subject.kinds.filter { kinds.contains($0.value) }.map(\.key))
    }
}

/// A device, as far as scopes ask for it.
public struct StopSubject: Sendable, Equatable {
    /// Where it is reached.
    public var address: DeviceAddress
    /// The zone it reports.
    public var zone: String?
    /// The master zone it reports.
    public var masterZone: String?
    /// The pins of each of its subzones.
    public var subzones: [String: [GPIO]]
    /// The kind of each of its outputs.
    public var kinds: [GPIO: String]

    /// Puts a subject together.
    public init(
        address: DeviceAddress, zone: String? = nil, masterZone: String? = nil, subzones: [String: [GPIO]] = [:],
        kinds: [GPIO: String] = [:]
    ) {
        self.address = address
        self.zone = zone
        self.masterZone = masterZone
        self.subzones = subzones
        self.kinds = kinds
    }

    func isIn(_ name: String) -> Bool { zone == name || masterZone == name }
}

/// How far a stop reaches into a device.
public enum StopReach: Sendable, Equatable {
    /// Not at all.
    case nothing
    /// To some of its outputs, in the order of their pins.
    case outputs([GPIO])
    /// To all of it: the device itself is told to stop.
    case device

    init(_ pins: [GPIO]) { self = pins.isEmpty ? .nothing : .outputs(pins.sorted()) }

    /// Whether an output is covered.
    public func covers(_ gpio: GPIO) -> Bool {
        switch self {
        case .nothing: false
        case .outputs(let pins): pins.contains(gpio)
        case .device: true
        }
    }
}
