public import TwinCore

/// One step of a guided calibration.
public struct CalibrationRequest: Sendable {
    /// Which device.
    public var device: DeviceID
    /// Which sensor.
    public var sensor: SensorKey
    /// What is to be done.
    public var action: CalibrationAction
    /// Who asks.
    public var by: String

    /// Puts a request together.
    public init(device: DeviceID, sensor: SensorKey, action: CalibrationAction, by: String) {
        self.device = device
        self.sensor = sensor
        self.action = action
        self.by = by
    }
}

/// A raw value to be processed and not stored (`POST /api/v1/sensors/process`).
public struct ProcessingCall: Sendable {
    /// Which device; its calibration counts where the sensor is known.
    public var device: DeviceID?
    /// The pin.
    public var gpio: GPIO
    /// The sensor's kind, or its chip's, by any name.
    public var type: String
    /// The raw value.
    public var raw: Double

    /// Puts a call together.
    public init(device: DeviceID?, gpio: GPIO, type: String, raw: Double) {
        self.device = device
        self.gpio = gpio
        self.type = type
        self.raw = raw
    }
}

/// Stored raw values to be processed again.
public struct ReprocessingRequest: Sendable {
    /// Which device.
    public var device: DeviceID
    /// Which sensor.
    public var sensor: SensorKey
    /// The earliest event time, inclusive.
    public var from: UnixTime
    /// The event time up to which, exclusive; `nil` for now.
    public var to: UnixTime?
    /// Who asks.
    public var by: String

    /// Puts a request together.
    public init(device: DeviceID, sensor: SensorKey, from: UnixTime, to: UnixTime?, by: String) {
        self.device = device
        self.sensor = sensor
        self.from = from
        self.to = to
        self.by = by
    }
}
