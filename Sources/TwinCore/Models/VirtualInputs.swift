/// What a virtual kind's values are computed from: a temperature and a humidity of one chip.
public struct VirtualInputs: Sendable, Equatable {
    /// Two kinds whose sensors sit on one pin at one bus address.
    public struct Pair: Sendable, Equatable {
        /// The kind of the temperature; each of its samples makes a virtual one.
        public let temperature: String
        /// The kind of the humidity.
        public let humidity: String

        /// Puts a pair together.
        public init(temperature: String, humidity: String) {
            self.temperature = temperature
            self.humidity = humidity
        }
    }

    /// The pairs that serve.
    public let pairs: [Pair]
    /// How far the two may be apart in time, in seconds.
    public let withinSeconds: Int

    /// Puts inputs together.
    public init(pairs: [Pair], withinSeconds: Int) {
        self.pairs = pairs
        self.withinSeconds = withinSeconds
    }
}

/// One virtual kind that a kind's samples make values for.
public struct VirtualUse: Sendable, Equatable {
    /// The virtual kind.
    public let kind: SensorKind
    /// The kind whose latest sample is the other half.
    public let partner: String
}

extension Sample {
    // Any constant serves: it only keeps a virtual sample's digest apart from that of the sample it stems from.
    private static let virtualDigest: UInt64 = 0x7670_645F_7669_7274

    /// A virtual sample, such as a vapour-pressure deficit, of a temperature that has just arrived and the latest
    /// humidity of the same chip.
    ///
    /// Its raw value is the humidity; its times are the temperature's. It is `nil` where there is nothing honest to
    /// say: one of the two is a fault or doubtful, they are too far apart in time, or the formula is not for such air.
    public init?(virtual kind: SensorKind, temperature: Sample, humidity: Sample) {
        guard let inputs = kind.inputs, temperature.quality.isPlausible, humidity.quality.isPlausible,
            let celsius = temperature.value, let percent = humidity.value, temperature.unit == "°C",
            humidity.unit == "%RH"
        else { return nil }
        let distance = temperature.orderTime.milliseconds - humidity.orderTime.milliseconds
        guard abs(distance) <= Int64(inputs.withinSeconds) * 1000 else { return nil }
        let processed = kind.process(percent, in: ProcessingContext(celsius: celsius))
        guard let value = processed.value else { return nil }
        let quality = Quality.worse(temperature.quality, humidity.quality)
        self.init(
            raw: percent, value: value, unit: kind.unit,
            quality: processed.quality.map { Quality.worse($0, quality) } ?? quality,
            eventTime: temperature.eventTime, receiptTime: temperature.receiptTime,
            claimedTime: temperature.claimedTime, digest: temperature.digest ^ Self.virtualDigest,
            isTimely: temperature.isTimely && humidity.isTimely,
            model: ModelStamp(version: kind.version, calibration: 0))
    }
}
