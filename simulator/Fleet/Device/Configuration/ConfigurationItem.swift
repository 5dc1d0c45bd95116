import KaiserProtocol
import TwinCore

/// One item of a section of a configuration, as the firmware reads it.
struct ConfigurationItem: ~Copyable {
    /// The pin.
    let pin: Int
    /// The kind, in lower case.
    let type: String
    /// Whether the device is to run it; removed otherwise.
    let isActive: Bool
    /// Its name for people.
    let name: String
    private let message: ReceivedPayload
    private let section: String

    /// The most seconds between two readings that the firmware takes.
    static let maximumIntervalSeconds: Int64 = 300

    /// Reads what every item must have.
    init(_ bytes: [UInt8], section: String) throws(ItemFailure) {
        guard let message = ReceivedPayload(bytes) else {
            throw ItemFailure(cause: .wrongType("\(section) item is not an object"))
        }
        let pin = message.integer("gpio")
        let typed: String? = section == "sensor" ? message.text("sensor_type") : message.actuatorType
        let named: String? = section == "sensor" ? message.text("sensor_name") : message.actuatorName
        func failure(_ cause: ItemFailure.Cause) -> ItemFailure { ItemFailure(cause: cause, pin: pin, type: typed) }
        func missing(_ field: String) -> ItemFailure {
            failure(.missingField("\(section) config missing required field '\(field)'"))
        }
        guard let pin else {
            throw message.contains("gpio") ? failure(.wrongType("'gpio' must be a number")) : missing("gpio")
        }
        guard let typed, !typed.isEmpty else { throw missing("\(section)_type") }
        guard let named, !named.isEmpty else { throw missing("\(section)_name") }
        guard let number = Int(exactly: pin), (0...255).contains(number) else {
            throw failure(.outOfRange("GPIO \(pin) does not exist"))
        }
        self.pin = number
        type = typed.lowercased()
        name = named
        isActive = message.boolean("active") ?? true
        self.section = section
        self.message = message
    }

    /// A refusal of this item.
    func failure(_ cause: ItemFailure.Cause) -> ItemFailure {
        ItemFailure(cause: cause, pin: Int64(pin), type: type)
    }

    /// The sensors it means: one, or one for each value of a chip.
    func sensors() throws(ItemFailure) -> [ConfiguredSensor] {
        let measurands = Measurand.named(type)
        guard let first = measurands.first else { throw failure(.invalid("Unknown sensor type '\(type)'")) }
        guard let gpio = GPIO(pin) else { throw failure(.outOfRange("GPIO \(pin) does not exist")) }
        let interval = message.integer("measurement_interval_seconds") ?? Int64(Firmware.sensorIntervalSeconds)
        guard (1...Self.maximumIntervalSeconds).contains(interval) else {
            throw failure(.outOfRange("measurement_interval_seconds \(interval) is not 1 to 300"))
        }
        let word = message.text("operating_mode") ?? "continuous"
        guard let mode = SensorWish.Mode(rawValue: word) else {
            throw failure(.invalid("Unknown operating mode '\(word)'"))
        }
        let address = try address(of: first)
        return measurands.map { measurand in
            var sensor = ConfiguredSensor(gpio: gpio, measurand: measurand, address: address)
            sensor.name = name
            sensor.subzone = message.text("subzone_id") ?? ""
            sensor.mode = mode
            sensor.intervalSeconds = Int(interval)
            sensor.isRaw = message.boolean("raw_mode") ?? true
            return sensor
        }
    }

    /// The output it means.
    func actuator() throws(ItemFailure) -> ConfiguredActuator {
        guard let kind = ActuatorSpecification.Kind(rawValue: type) else {
            throw failure(.invalid("Unknown actuator type '\(type)'"))
        }
        guard let gpio = GPIO(pin) else { throw failure(.outOfRange("GPIO \(pin) does not exist")) }
        var actuator = ConfiguredActuator(gpio: gpio, kind: kind, name: name)
        let auxiliary = message.integer("aux_gpio") ?? 255
        if auxiliary != 255 {
            guard let second = Int(exactly: auxiliary).flatMap(GPIO.init), second != gpio else {
                throw failure(.outOfRange("aux_gpio \(auxiliary) does not exist or is the pin itself"))
            }
            actuator.auxiliary = second
        }
        let level = message.integer("default_pwm") ?? 0
        guard (0...255).contains(level) else { throw failure(.outOfRange("default_pwm \(level) is not 0 to 255")) }
        let runtime = message.integer("max_runtime_ms") ?? Int64(Firmware.maxRuntimeSeconds) * 1000
        guard (1...Int64(UInt32.max)).contains(runtime) else {
            throw failure(.outOfRange("max_runtime_ms \(runtime) is not 1 to \(UInt32.max)"))
        }
        actuator.subzone = message.text("subzone_id") ?? ""
        actuator.isCritical = message.boolean("critical") ?? false
        actuator.isInverted = message.boolean("inverted_logic") ?? message.boolean("inverted") ?? false
        actuator.isOnByDefault = message.boolean("default_state") ?? false
        actuator.defaultLevel = Int(level)
        actuator.maximumRuntimeMilliseconds = Int(runtime)
        return actuator
    }

    private func address(of measurand: Measurand) throws(ItemFailure) -> BusAddress {
        switch measurand.bus {
        case .analog: return .none
        case .oneWire:
            let rom = (message.text("onewire_address") ?? "").uppercased()
            guard !rom.isEmpty else { return .none }
            guard rom.utf8.count == 16, rom.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
                throw failure(.invalid("onewire_address '\(rom)' must be 16 hexadecimal digits"))
            }
            return .oneWire(rom)
        case .i2c:
            let number = message.integer("i2c_address") ?? 0
            guard number != 0 else { return .i2c(measurand.defaultAddress) }
            guard (0x08...0x77).contains(number) else {
                throw failure(.outOfRange("i2c_address \(number) is reserved or does not exist"))
            }
            return .i2c(UInt8(number))
        }
    }
}

extension ReceivedPayload {
    /// The kind of an actuator, by either of its names.
    fileprivate var actuatorType: String? { text("actuator_type") ?? text("type") }
    /// The name of an actuator, by either of its names.
    fileprivate var actuatorName: String? { text("actuator_name") ?? text("name") }
}
