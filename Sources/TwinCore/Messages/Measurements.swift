/// A device's answer to "measure now" (`sensor/{gpio}/response`); the reading itself comes as ordinary sensor data.
public struct MeasureAnswer: Sendable, Equatable, Codable {
    /// The pin, from the topic.
    public var gpio: GPIO
    /// Which request is answered.
    public var request: String
    /// Whether the device measured and published.
    public var isSuccess: Bool
    /// Why not, or `NONE`.
    public var reason: String
    /// The reading's kind, as the device names it.
    public var type: String?
    /// The raw value.
    public var raw: Double?
    /// The device's judgement; `nil` when it sent none.
    public var quality: Quality?
    /// Deviations from the contract that were kept and are shown.
    public var flags: [String]

    /// Puts an answer together.
    public init(
        gpio: GPIO, request: String, isSuccess: Bool, reason: String, type: String? = nil, raw: Double? = nil,
        quality: Quality? = nil, flags: [String] = []
    ) {
        self.gpio = gpio
        self.request = request
        self.isSuccess = isSuccess
        self.reason = reason
        self.type = type
        self.raw = raw
        self.quality = quality
        self.flags = flags
    }
}

/// A device asks for a raw value to be processed (`pi_enhanced/request`).
public struct ProcessingRequest: Sendable, Equatable {
    /// The pin the value was read from.
    public var gpio: GPIO
    /// The sensor's kind, by any of its names; chips with several values by the chip's.
    public var type: String
    /// Where on its bus the sensor sits.
    public var address: BusAddress = .none
    /// The raw value; chips with several values send them packed into one word.
    public var raw: Double
    /// What ties the answer to this request; `nil` when the device sent nothing.
    public var request: String?

    /// Puts a request together.
    public init(gpio: GPIO, type: String, address: BusAddress = .none, raw: Double, request: String? = nil) {
        self.gpio = gpio
        self.type = type
        self.address = address
        self.raw = raw
        self.request = request
    }
}
