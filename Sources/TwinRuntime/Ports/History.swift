public import TwinCore

/// What a twin's history can be asked.
///
/// Never runs on the loop. Two stores answer it, and answer alike: the embedded one and PostgreSQL.
public protocol HistoryStore: Sendable {
    /// Where the store's days, weeks and months begin.
    var calendar: SiteCalendar { get }
    /// The sensors that have a history, by device, pin, kind and address.
    func sensors(_ query: SensorQuery) async throws -> [StoredSensor]
    /// Samples of one or several sensors, in the order asked for.
    func samples(_ query: SampleQuery) async throws -> [StoredSample]
    /// What is known of a sensor's values within spans of time, oldest first; spans without values are left out.
    func buckets(_ query: BucketQuery) async throws -> [Bucket]
    /// The event times of a sensor's first and last sample; `nil` when there is none.
    func extent(of sensor: StoredSensor) async throws -> ClosedRange<UnixTime>?
    /// One command with its evidence; `nil` when there is none.
    func command(_ id: CommandID) async throws -> CommandRecord?
    /// The newest dead letters and the counts by reason.
    func deadLetters(limit: Int) async throws -> DeadLetterReport
}

/// A store beside which another one may hold more: what was removed here, and what never came here.
public protocol KeptHistory: Sendable {
    /// The event time before which the other store may hold samples that this one does not have; `nil` for none.
    func keptFrom() async throws -> UnixTime?
    /// Whether the other store has heard of no sensor that this one never heard of.
    func knowsEverySensor() async throws -> Bool
}

/// Which sensors are asked for.
public struct SensorQuery: Sendable, Equatable {
    /// The device.
    public var device: DeviceID
    /// The sensor's pin; `nil` for all.
    public var gpio: GPIO?
    /// The sensor's kind, by canonical word; `nil` for all.
    public var type: String?

    /// Puts a query together.
    public init(device: DeviceID, gpio: GPIO? = nil, type: String? = nil) {
        self.device = device
        self.gpio = gpio
        self.type = type
    }
}

/// A sensor as a store knows it.
public struct StoredSensor: Sendable, Hashable {
    /// The store's own number of it.
    public var number: Int64
    /// The device.
    public var device: DeviceID
    /// Which of the device's sensors.
    public var key: SensorKey
    /// The unit of its first sample; later samples may have another.
    public var unit: String

    /// Puts a sensor together.
    public init(number: Int64, device: DeviceID, key: SensorKey, unit: String) {
        self.number = number
        self.device = device
        self.key = key
        self.unit = unit
    }
}

/// A sample, and where in its sensor's history it stands.
public struct StoredSample: Sendable, Equatable {
    /// Whose it is.
    public var sensor: StoredSensor
    /// The sample.
    public var sample: Sample
    /// The number that tells samples of one event time apart; see ``SamplePlace/sequence``.
    public var sequence: UInt64

    /// Puts a stored sample together.
    public init(sensor: StoredSensor, sample: Sample, sequence: UInt64) {
        self.sensor = sensor
        self.sample = sample
        self.sequence = sequence
    }

    /// Where the sample stands.
    public var place: SamplePlace { SamplePlace(eventTime: sample.eventTime, sequence: sequence) }
}

/// A place in a sensor's history: samples are ordered by event time, and within one as their journals stored them.
///
/// A sample has the same place in every store, so a page may end in one and the next one begin in another.
public struct SamplePlace: Sendable, Hashable, Comparable {
    /// How many bits of ``sequence`` are the journal's own number.
    public static let numberBits: UInt64 = 40

    public var eventTime: UnixTime
    /// The sequence number that the sample's journal gave it, and above ``numberBits`` which journal that is: 0 in a
    /// store that holds one only.
    public var sequence: UInt64

    /// Puts a place together.
    public init(eventTime: UnixTime, sequence: UInt64) {
        self.eventTime = eventTime
        self.sequence = sequence
    }

    /// The sequence number that the sample's journal gave it.
    public var number: UInt64 { sequence & (1 << Self.numberBits - 1) }
    /// Which journal, counted from 1; 0 where the store holds one only.
    public var journal: UInt64 { sequence >> Self.numberBits }

    /// A place such that what lies before it begins, newest first, with this one.
    public var next: Self {
        Self(eventTime: eventTime, sequence: sequence &+ (journal == 0 ? 1 : 1 << Self.numberBits))
    }

    /// Orders by event time, then by sequence number, then by journal.
    public static func < (left: Self, right: Self) -> Bool {
        (left.eventTime, left.number, left.journal) < (right.eventTime, right.number, right.journal)
    }
}

/// Which end of a history comes first.
public enum HistoryOrder: String, Sendable, CaseIterable {
    case newestFirst = "desc"
    case oldestFirst = "asc"
}

/// Which samples are asked for.
public struct SampleQuery: Sendable {
    /// The most samples one answer holds.
    public static let maximumLimit = 10_000

    /// The device.
    public var device: DeviceID
    /// The sensor's pin.
    public var gpio: GPIO
    /// The sensor's kind, by canonical word; `nil` for all of the pin.
    public var type: String?
    /// Where on its bus the sensor sits; `nil` for all.
    public var address: BusAddress?
    /// The earliest event time wanted, inclusive.
    public var from: UnixTime?
    /// The event time up to which samples are wanted, exclusive.
    public var to: UnixTime?
    /// Which end comes first.
    public var order: HistoryOrder
    /// Only samples behind this place, in the order asked for.
    public var after: SamplePlace?
    /// How many at most.
    public var limit: Int

    /// Puts a query together.
    public init(
        device: DeviceID, gpio: GPIO, type: String?, address: BusAddress? = nil, from: UnixTime?, to: UnixTime?,
        order: HistoryOrder = .newestFirst, after: SamplePlace? = nil, limit: Int
    ) {
        self.device = device
        self.gpio = gpio
        self.type = type
        self.address = address
        self.from = from
        self.to = to
        self.order = order
        self.after = after
        self.limit = min(limit, Self.maximumLimit)
    }
}

/// Which buckets are asked for.
///
/// A bucket at either end holds the values within the span only, as far as what it is made of is still kept.
public struct BucketQuery: Sendable {
    /// The sensor.
    public var sensor: StoredSensor
    /// How long the buckets are.
    public var resolution: Resolution
    /// The event times wanted; the end is exclusive.
    public var span: Range<UnixTime>

    /// Puts a query together.
    public init(sensor: StoredSensor, resolution: Resolution, span: Range<UnixTime>) {
        self.sensor = sensor
        self.resolution = resolution
        self.span = span
    }
}
