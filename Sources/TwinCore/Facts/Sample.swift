/// One value of one sensor, with everything that is known about its worth.
public struct Sample: Sendable, Equatable, Codable {
    /// The raw value as sent.
    public var raw: Double
    /// The processed value; `nil` where the conversion has none.
    public var value: Double?
    /// The unit of `value`; empty when unknown.
    public var unit: String
    /// How far the value can be trusted.
    public var quality: Quality
    /// When the value was measured: the device's time, or the receipt where the device has none.
    public var eventTime: UnixTime
    /// When it reached the runtime.
    public var receiptTime: UnixTime
    /// The device's claimed time; with `digest` it tells a redelivery from another reading.
    public var claimedTime: UnixTime
    /// A digest of the message.
    public var digest: UInt64
    /// The device's error code, if any.
    public var errorCode: Int?
    /// Whether the sample is recent enough, and not from the future, to act upon.
    public var isTimely: Bool
    /// What the device itself said of the value's worth; `nil` when it said nothing.
    public var reportedQuality: Quality?
    /// Which version of which model produced `value`; `nil` for the device's own value or raw pass-through.
    public var model: ModelStamp?
    /// The temperature of another sensor that `value` was computed with, in °C; `nil` when none was.
    public var companionCelsius: Double?

    /// Puts a sample together.
    public init(
        raw: Double, value: Double?, unit: String, quality: Quality, eventTime: UnixTime, receiptTime: UnixTime,
        claimedTime: UnixTime, digest: UInt64, errorCode: Int? = nil, isTimely: Bool, reportedQuality: Quality? = nil,
        model: ModelStamp? = nil, companionCelsius: Double? = nil
    ) {
        self.companionCelsius = companionCelsius
        self.reportedQuality = reportedQuality
        self.model = model
        self.raw = raw
        self.value = value
        self.unit = unit
        self.quality = quality
        self.eventTime = eventTime
        self.receiptTime = receiptTime
        self.claimedTime = claimedTime
        self.digest = digest
        self.errorCode = errorCode
        self.isTimely = isTimely
    }
}
