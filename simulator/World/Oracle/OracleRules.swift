/// An output of a world, by the place of its device in the world.
public struct WorldOutput: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Which device, counted from 0.
    public let device: Int
    /// Which pin.
    public let gpio: Int

    /// Names an output.
    public init(device: Int, gpio: Int) {
        self.device = device
        self.gpio = gpio
    }

    /// Device and pin.
    public var description: String { "device \(device) gpio \(gpio)" }
}

/// The oracle's own table of limits; it shares nothing with the runtime's.
///
/// A limit that the runtime does not have yet is `nil` or empty in ``today``, and nobody is held to it.
public struct OracleRules: Sendable, Equatable {
    /// Two outputs of which one at most may be on; or of which one may be on only with the other.
    public struct Pair: Sendable, Equatable {
        /// The output that is judged.
        public let output: WorldOutput
        /// The other one.
        public let other: WorldOutput

        /// Names a pair.
        public init(_ output: WorldOutput, _ other: WorldOutput) {
            self.output = output
            self.other = other
        }
    }

    /// A sensor whose values an output depends on.
    public struct Guard: Sendable, Equatable {
        /// The output.
        public let output: WorldOutput
        /// The sensor, by its device and pin.
        public let sensor: WorldOutput
        /// What it measures, in the protocol's word: a chip says several things on one pin.
        public let sensorType: String
        /// The raw values in which the output may be on.
        public let rawRange: ClosedRange<Double>
        /// How old the latest value may be, in milliseconds.
        public let maximumAgeMilliseconds: Int64
        /// Within which time the output must be off, in milliseconds.
        public let offWithinMilliseconds: Int64

        /// Names a guard.
        public init(
            _ output: WorldOutput, sensor: WorldOutput, sensorType: String, rawRange: ClosedRange<Double>,
            maximumAgeMilliseconds: Int64,
            offWithinMilliseconds: Int64
        ) {
            self.output = output
            self.sensor = sensor
            self.sensorType = sensorType
            self.rawRange = rawRange
            self.maximumAgeMilliseconds = maximumAgeMilliseconds
            self.offWithinMilliseconds = offWithinMilliseconds
        }
    }

    /// The longest lease, in seconds.
    public var maximumLeaseSeconds: Int? = 25
    /// The longest time an output is on without a break, in milliseconds, while its device can be reached.
    public var maximumOnMilliseconds: Int64? = 25_000
    /// The shortest rest between two on-times, in milliseconds, from when the output really went off.
    public var minimumOffMilliseconds: Int64? = 2_000
    /// How many energising commands may start an output within an hour.
    public var maximumStartsPerHour: Int? = 12
    /// The same for outputs on single pins.
    public var startsPerHour = [26: 3]
    /// Pairs that exclude each other.
    public var exclusivePairs = [Pair(WorldOutput(device: 0, gpio: 26), WorldOutput(device: 1, gpio: 26))]
    /// Outputs that may be on only with another.
    public var requirements = [
        Pair(WorldOutput(device: 0, gpio: 25), WorldOutput(device: 1, gpio: 25)),
        Pair(WorldOutput(device: 1, gpio: 27), WorldOutput(device: 0, gpio: 33)),
    ]
    /// Outputs that take two persons.
    public var twoPersons = [WorldOutput(device: 1, gpio: 33)]
    /// Outputs that depend on a sensor.
    public var guards = [
        // 20 °C are 24,342 of the chip's ticks, and what is rounded to 20.0 °C is up to 24,360.
        Guard(
            WorldOutput(device: 0, gpio: 27), sensor: WorldOutput(device: 0, gpio: 0),
            sensorType: "sht31_temp", rawRange: 0...24_361,
            maximumAgeMilliseconds: 40_000, offWithinMilliseconds: 15_000),
        // 18.5 °C are 296 sixteenths of a degree.
        Guard(
            WorldOutput(device: 1, gpio: 27), sensor: WorldOutput(device: 0, gpio: 4), sensorType: "ds18b20",
            rawRange: 296...2_000,
            maximumAgeMilliseconds: 30_000, offWithinMilliseconds: 15_000),
    ]
    /// The outputs that share a supply; empty for all.
    public var sharing = [
        WorldOutput(device: 0, gpio: 27), WorldOutput(device: 0, gpio: 33), WorldOutput(device: 1, gpio: 25),
        WorldOutput(device: 1, gpio: 33),
    ]
    /// How many of those that share a supply may be on at once.
    public var maximumOnAtOnce: Int? = 2
    /// Whether a stop may switch off an output that needs one that it covers.
    public var stopsReachBound = true
    /// How long an interlock, a requirement or a budget may be broken by the outside world, in milliseconds.
    public var interlockMilliseconds: Int64 = 15_000
    /// Within which time what others retain on a command topic must be cleared, in milliseconds; `nil` for never.
    public var clearsRetainedMilliseconds: Int64? = 1_000

    /// Whether an output that somebody else switched on goes off although the runtime never energised it.
    public var ownsEveryOutput = true

    /// What the runtime promises today.
    public static let today = Self()

    /// Makes the table of today.
    public init() {}
}
