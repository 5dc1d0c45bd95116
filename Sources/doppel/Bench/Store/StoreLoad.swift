import TwinCore
import TwinRuntime
import World

/// The readings of a site: every sensor says something once a second, in turn.
///
/// The same numbers give the same readings.
struct StoreLoad {
    /// When the first reading was taken: 2026-05-01T00:00:00Z.
    static let begin: Int64 = 1_777_593_600_000
    /// One reading in so many is a poor one.
    private static let poorEvery: UInt64 = 64

    private let sensors: [StoreSensor]
    private var random: Randomness
    private var next: UInt64 = 1

    /// Readies a load.
    init(sensors count: Int, seed: UInt64) {
        random = Randomness(seed: seed)
        sensors = (1...count).map { StoreSensor(number: $0) }
    }

    /// Whose reading a fact is, by its sequence number; a journal numbers sensors in the same order.
    func sensor(_ sequence: UInt64) -> StoreSensor { sensors[Int((sequence - 1) % UInt64(sensors.count))] }

    /// The next readings, as the runtime would commit them.
    mutating func batch(_ count: Int) -> Batch {
        var batch = Batch(firstSequence: next)
        batch.facts.reserveCapacity(count)
        for sequence in next..<next + UInt64(count) { batch.facts.append(fact(sequence)) }
        next += UInt64(count)
        return batch
    }

    private mutating func fact(_ sequence: UInt64) -> Fact {
        let sensor = sensor(sequence)
        let second = Int64((sequence - 1) / UInt64(sensors.count))
        let raw = Double(300 + random.next() % 200)
        // Devices publish their sensors one after the other; the clock that they claim has whole seconds.
        let claimed = UnixTime(milliseconds: Self.begin + second * 1000)
        let delay = Int64((sensor.number - 1) * 1000 / sensors.count)
        let receipt = claimed.advanced(byMilliseconds: delay + Int64(random.next() % 20))
        let sample = Sample(
            raw: raw, value: raw / 16, unit: "°C", quality: random.next() % Self.poorEvery == 0 ? .poor : .good,
            eventTime: sensor.hasClock ? claimed : receipt, receiptTime: receipt, claimedTime: claimed,
            digest: random.next(), isTimely: true, reportedQuality: .good,
            model: ModelStamp(version: 1, calibration: 0))
        let uptime = Uptime(milliseconds: receipt.milliseconds - Self.begin)
        return Fact(
            device: sensor.device, moment: Moment(time: receipt, uptime: uptime),
            event: .sensor(sensor.key, .sampled(sample)))
    }
}
