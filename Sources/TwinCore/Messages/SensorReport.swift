/// One value of one sensor, as the device sent it (`sensor/{gpio}/data`).
public struct SensorReport: Sendable, Equatable {
    /// The pin, from the topic.
    public var gpio: GPIO
    /// The wire word of the kind, as sent.
    public var type: String
    /// Where on its bus the sensor sits.
    public var address: BusAddress
    /// The raw value: ADC counts, ticks, sixteenths of a degree … within signed 32 bit.
    public var raw: Double
    /// The device's own preview of the processed value.
    public var value: Double?
    /// The unit of that preview.
    public var unit: String?
    /// The device's judgement; `nil` when it sent none.
    public var quality: Quality?
    /// The device's time.
    public var clock: DeviceClock
    /// Whether the server is to convert the raw value.
    public var isRaw: Bool
    /// The device's error code, if any.
    public var errorCode: Int?
    /// The device's per-boot message counter.
    public var sequence: UInt32?
    /// A digest of the payload's bytes: equal for a redelivery, different for another reading.
    public var digest: UInt64
    /// Whether the broker kept this message from an earlier time.
    public var isRetained: Bool
    /// What it sent of its chip's registers; `nil` for chips that process their own values.
    public var registers: ChipRegisters?

    /// Puts a report together.
    public init(
        gpio: GPIO, type: String, address: BusAddress = .none, raw: Double, value: Double? = nil, unit: String? = nil,
        quality: Quality? = nil, clock: DeviceClock, isRaw: Bool = true, errorCode: Int? = nil,
        sequence: UInt32? = nil, digest: UInt64, isRetained: Bool = false,
        registers: ChipRegisters? = nil
    ) {
        self.registers = registers
        self.gpio = gpio
        self.type = type
        self.address = address
        self.raw = raw
        self.value = value
        self.unit = unit
        self.quality = quality
        self.clock = clock
        self.isRaw = isRaw
        self.errorCode = errorCode
        self.sequence = sequence
        self.digest = digest
        self.isRetained = isRetained
    }
}
