/// One output of one device.
public struct OutputAddress: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    /// The device.
    public let device: DeviceID
    /// The pin.
    public let gpio: GPIO

    /// Puts an address together.
    public init(device: DeviceID, gpio: GPIO) {
        self.device = device
        self.gpio = gpio
    }

    /// Reads what ``description`` writes; `nil` for any other text.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let device = DeviceID(String(parts[0])), let gpio = Int(parts[1]).flatMap(GPIO.init)
        else { return nil }
        self.init(device: device, gpio: gpio)
    }

    /// Such as `ESP_7C19F2/26`.
    public var description: String { "\(device)/\(gpio)" }

    /// Orders by device, then by pin.
    public static func < (left: Self, right: Self) -> Bool {
        (left.device, left.gpio) < (right.device, right.gpio)
    }
}
