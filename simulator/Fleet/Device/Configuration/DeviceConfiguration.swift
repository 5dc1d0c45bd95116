public import TwinCore

/// What a device keeps in its flash: what it runs, and where it belongs.
///
/// This is the truth that a checker compares with what a twin believes.
public struct DeviceConfiguration: Sendable, Equatable {
    /// The relay part of its topics.
    public internal(set) var kaiser: KaiserID
    /// Its zone; empty when none.
    public internal(set) var zone = ""
    /// Its master zone; empty when none.
    public internal(set) var masterZone = ""
    /// Its zone's name for people.
    public internal(set) var zoneName = ""
    /// Its subzones, ordered by id.
    public internal(set) var subzones: [ConfiguredSubzone] = []
    /// Its sensors, in the order in which they were configured.
    public internal(set) var sensors: [ConfiguredSensor] = []
    /// Its outputs, ordered by pin.
    public internal(set) var actuators: [ConfiguredActuator] = []
    /// How many rules for the time without a server it holds; the simulation does not carry them out.
    public internal(set) var offlineRuleCount = 0

    /// What a device holds that was never configured through the broker: all that is wired to it.
    init(_ specification: DeviceSpecification) {
        kaiser = specification.kaiser
        guard !specification.personality.startsUnconfigured else { return }
        zone = specification.zone
        masterZone = specification.masterZone
        sensors = specification.sensors.flatMap { sensor in
            Measurand.named(sensor.chip.rawValue).map { measurand in
                var configured = ConfiguredSensor(gpio: sensor.gpio, measurand: measurand, address: sensor.address)
                configured.subzone = sensor.subzone
                configured.intervalSeconds = sensor.intervalSeconds
                return configured
            }
        }
        actuators = specification.actuators.map(ConfiguredActuator.init).sorted { $0.gpio < $1.gpio }
        subzones = wiredSubzones
    }

    /// What a device holds after a factory reset.
    init(kaiser: KaiserID) { self.kaiser = kaiser }

    /// The subzones that the wired parts name.
    private var wiredSubzones: [ConfiguredSubzone] {
        var pins: [String: Set<GPIO>] = [:]
        for sensor in sensors { pins[sensor.subzone, default: []].insert(sensor.key.gpio) }
        for actuator in actuators { pins[actuator.subzone, default: []].insert(actuator.gpio) }
        pins[""] = nil
        return pins.map { ConfiguredSubzone(id: $0, gpios: $1.sorted()) }.sorted { $0.id < $1.id }
    }

    /// The subzone that a pin belongs to, where its part names none.
    func subzone(of gpio: GPIO, named name: String) -> String {
        guard name.isEmpty else { return name }
        return subzones.first { $0.gpios.contains(gpio) }?.id ?? ""
    }

    /// Whether a pin's subzone keeps its outputs off.
    func isIsolated(_ gpio: GPIO, in subzone: String) -> Bool {
        guard subzones.contains(where: \.isSafe) else { return false }
        let name = self.subzone(of: gpio, named: subzone)
        return subzones.contains { $0.isSafe && ($0.id == name || $0.gpios.contains(gpio)) }
    }

    /// Forgets parts, as a device whose flash is damaged does.
    mutating func forget(_ parts: Set<Personality.Part>) {
        if parts.contains(.sensors) { sensors = [] }
        if parts.contains(.actuators) { actuators = [] }
        if parts.contains(.zone) { (zone, masterZone, zoneName, subzones) = ("", "", "", []) }
    }
}

/// A subzone as a device keeps it.
public struct ConfiguredSubzone: Sendable, Equatable {
    /// Its id.
    public let id: String
    /// Its name for people.
    public internal(set) var name = ""
    /// The pins that belong to it, in order.
    public internal(set) var gpios: [GPIO] = []
    /// Whether its outputs are kept off.
    public internal(set) var isSafe = false
}

/// A sensor as a device keeps it.
public struct ConfiguredSensor: Sendable, Equatable {
    /// Which sensor.
    public let key: SensorKey
    /// Its name for people.
    public internal(set) var name: String
    /// Its subzone; empty when none.
    public internal(set) var subzone = ""
    /// When it measures.
    public internal(set) var mode = SensorWish.Mode.continuous
    /// How often, in seconds.
    public internal(set) var intervalSeconds = Firmware.sensorIntervalSeconds
    /// Whether it sends raw values to be processed.
    public internal(set) var isRaw = true

    let measurand: Measurand

    init(gpio: GPIO, measurand: Measurand, address: BusAddress) {
        key = SensorKey(gpio: gpio, type: measurand.rawValue, address: address)
        self.measurand = measurand
        name = "\(measurand.rawValue) \(gpio)"
    }

    /// Whether another sensor's value comes from the same chip.
    func sharesChip(with other: Self) -> Bool {
        key.gpio == other.key.gpio && key.address == other.key.address && measurand.chip == other.measurand.chip
    }
}

/// An output as a device keeps it.
public struct ConfiguredActuator: Sendable, Equatable {
    /// The pin.
    public let gpio: GPIO
    /// The driver.
    public let kind: ActuatorSpecification.Kind
    /// Its name for people.
    public internal(set) var name: String
    /// Its subzone; empty when none.
    public internal(set) var subzone = ""
    /// A second pin, where the driver has one.
    public internal(set) var auxiliary: GPIO?
    /// Whether the firmware treats it as critical.
    public internal(set) var isCritical = false
    /// Whether a low level switches it on.
    public internal(set) var isInverted = false
    /// Whether it is on while the device is left alone.
    public internal(set) var isOnByDefault = false
    /// The level it has then, 0 to 255.
    public internal(set) var defaultLevel = 0
    /// The longest time on end that it may be on, in milliseconds.
    public internal(set) var maximumRuntimeMilliseconds = Firmware.maxRuntimeSeconds * 1000

    init(gpio: GPIO, kind: ActuatorSpecification.Kind, name: String) {
        self.gpio = gpio
        self.kind = kind
        self.name = name
    }

    init(_ specification: ActuatorSpecification) {
        self.init(
            gpio: specification.gpio, kind: specification.kind, name: "\(specification.kind) \(specification.gpio)")
        subzone = specification.subzone
        maximumRuntimeMilliseconds = specification.maxRuntimeSeconds * 1000
    }
}
