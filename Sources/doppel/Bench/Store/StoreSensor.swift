import TwinCore
import TwinRuntime

/// A sensor of the store's benchmarks, by its number from 1 on: ten to a device.
struct StoreSensor: Sendable {
    private static let sensorsPerDevice = 10
    private static let firstPin = 4

    let number: Int
    let device: DeviceID
    let key: SensorKey

    init(number: Int) {
        let device = BenchDevices.name((number - 1) / Self.sensorsPerDevice)
        guard let device = DeviceID(device), let pin = GPIO((number - 1) % Self.sensorsPerDevice + Self.firstPin) else {
            preconditionFailure("no device or pin of the sensor \(number)")
        }
        self.number = number
        self.device = device
        key = SensorKey(gpio: pin, type: "ds18b20", address: .none)
    }

    /// Which of the devices says nothing of when it took a reading.
    var hasClock: Bool { (number - 1) / Self.sensorsPerDevice % 8 != 0 }

    /// As a store knows it that gave it the same number.
    var stored: StoredSensor { StoredSensor(number: Int64(number), device: device, key: key, unit: "°C") }
}
