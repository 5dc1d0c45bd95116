/// Where on its bus a sensor sits.
public enum BusAddress: Sendable, Hashable, Codable {
    /// The sensor has its pin to itself.
    case none
    /// A 7-bit I²C address, 0 to 127.
    case i2c(UInt8)
    /// A 1-Wire ROM code: 16 upper-case hexadecimal digits.
    case oneWire(String)
}

/// What tells one sensor of a device from another.
///
/// One chip may report several values from one pin, and one pin may carry several chips.
public struct SensorKey: Sendable, Hashable, Codable, Comparable {
    /// The pin; 0 for the I²C bus.
    public let gpio: GPIO
    /// The kind's canonical wire word, such as `ds18b20`.
    public let type: String
    /// The bus address, where the device names one.
    public let address: BusAddress

    /// Puts a key together.
    public init(gpio: GPIO, type: String, address: BusAddress) {
        self.gpio = gpio
        self.type = type
        self.address = address
    }

    /// A text that is unique within the device: `4:ds18b20:28AA11BB22CC33D4`, `0:sht31_temp:68`, `34:ph`.
    public var id: String {
        switch address {
        case .none: "\(gpio):\(type)"
        case .i2c(let address): "\(gpio):\(type):\(address)"
        case .oneWire(let rom): "\(gpio):\(type):\(rom)"
        }
    }

    /// Reads what ``id`` writes; `nil` for any other text.
    public init?(id: String) {
        let parts = id.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2 || parts.count == 3, let gpio = Int(parts[0]).flatMap(GPIO.init),
            !parts[1].isEmpty, parts[1].utf8.count <= 32
        else { return nil }
        var address = BusAddress.none
        if parts.count == 3 {
            if parts[2].utf8.count == 16, parts[2].allSatisfy({ $0.isASCII && $0.isHexDigit && !$0.isLowercase }) {
                address = .oneWire(String(parts[2]))
            } else if let number = UInt8(parts[2]), number < 128 {
                address = .i2c(number)
            } else {
                return nil
            }
        }
        self.init(gpio: gpio, type: String(parts[1]), address: address)
    }

    /// Orders by pin, then by the rest.
    public static func < (left: Self, right: Self) -> Bool {
        (left.gpio, left.id) < (right.gpio, right.id)
    }
}
