/// The boards the firmware runs on, and what their pins can do.
public enum Board: String, Sendable, Hashable, CaseIterable {
    case esp32Wroom = "ESP32_WROOM"
    case xiaoESP32C3 = "XIAO_ESP32_C3"

    /// The most sensors the firmware takes.
    public var maximumSensors: Int {
        switch self {
        case .esp32Wroom: 20
        case .xiaoESP32C3: 10
        }
    }

    /// The most actuators the firmware takes.
    public var maximumActuators: Int {
        switch self {
        case .esp32Wroom: 12
        case .xiaoESP32C3: 6
        }
    }

    /// The pins that can drive an output: the firmware's safe list without the I²C pair.
    public var outputPins: [Int] {
        switch self {
        case .esp32Wroom: [4, 5, 14, 15, 16, 17, 18, 19, 23, 25, 26, 27, 32, 33]
        case .xiaoESP32C3: [2, 6, 7, 8, 9, 10, 21]
        }
    }

    /// The pins that can measure a voltage while WiFi is on.
    public var analogPins: [Int] {
        switch self {
        case .esp32Wroom: [32, 33, 34, 35, 36, 39]
        case .xiaoESP32C3: [2]
        }
    }
}

extension Board {
    /// The pins that exist.
    var pins: ClosedRange<Int> {
        switch self {
        case .esp32Wroom: 0...39
        case .xiaoESP32C3: 0...21
        }
    }

    /// The pins that cannot drive anything.
    var inputOnlyPins: [Int] {
        switch self {
        case .esp32Wroom: [34, 35, 36, 39]
        case .xiaoESP32C3: []
        }
    }

    /// The data and the clock line of the I²C bus.
    var busPins: [Int] {
        switch self {
        case .esp32Wroom: [21, 22]
        case .xiaoESP32C3: [4, 5]
        }
    }

    /// The pin of the 1-Wire bus unless told otherwise.
    var oneWirePin: Int {
        switch self {
        case .esp32Wroom: 4
        case .xiaoESP32C3: 6
        }
    }

    /// Why the firmware does not give a pin away; `nil` when it does.
    func refusal(of pin: Int) -> ItemFailure.Cause? {
        guard pins.contains(pin) else { return .outOfRange("GPIO \(pin) does not exist on this board") }
        guard !busPins.contains(pin) else { return .pinReserved("GPIO \(pin) belongs to the I2C bus") }
        guard outputPins.contains(pin) || inputOnlyPins.contains(pin) else {
            return .pinReserved("GPIO \(pin) is reserved")
        }
        return nil
    }
}
