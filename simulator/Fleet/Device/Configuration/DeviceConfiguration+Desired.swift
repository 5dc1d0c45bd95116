public import TwinCore

extension DeviceConfiguration {
    /// The same in the words of a twin, to be compared with what it wished for or believes.
    ///
    /// Members that only a server knows (the device's name and board, temperature sources) are left out.
    public var asDesired: Desired {
        Desired(
            zone: ZoneWish(id: zone, masterID: masterZone, name: zoneName),
            subzones: Dictionary(subzones.map { ($0.id, $0.asWish) }, uniquingKeysWith: { first, _ in first }),
            sensors: Dictionary(sensors.map { ($0.key, $0.asWish) }, uniquingKeysWith: { first, _ in first }),
            actuators: Dictionary(actuators.map { ($0.gpio, $0.asWish) }, uniquingKeysWith: { first, _ in first }))
    }
}

extension ConfiguredSubzone {
    /// The same in the words of a twin.
    public var asWish: SubzoneWish { SubzoneWish(name: name, gpios: gpios, isSafeModeActive: isSafe) }
}

extension ConfiguredSensor {
    /// The same in the words of a twin.
    public var asWish: SensorWish {
        SensorWish(name: name, subzone: subzone, mode: mode, intervalSeconds: intervalSeconds, isRaw: isRaw)
    }
}

extension ConfiguredActuator {
    /// The same in the words of a twin.
    public var asWish: ActuatorWish {
        ActuatorWish(
            type: kind.rawValue, name: name, subzone: subzone, auxiliary: auxiliary, isCritical: isCritical,
            isInverted: isInverted, isOnByDefault: isOnByDefault, defaultLevel: defaultLevel,
            maximumRuntimeMilliseconds: maximumRuntimeMilliseconds)
    }
}
