import TwinCore
import TwinRuntime
import World

/// The readings of a site: every sensor says something once a second, in turn.
///
/// The same numbers give the same readings.
struct StoreLoad {
    /// How many sensors a device has.
    private static let sensorsPerDevice = 10
    /// When the first reading was taken: 2026-05-01T00:00:00Z.
    static let begin: Int64 = 1_777_593_600_000
    /// One reading in so many is out of the range of its sensor.
    private static let oddEvery = 64
    /// One device in so many says nothing of when it took a reading.
    private static let timelessEvery = 8

    /// Whose readings they are, by number.
    let sensors: [(device: DeviceID, key: SensorKey)]
    private var random: Randomness
    private var next: UInt64

    /// Readies a load.
    ///
    /// - Parameter after: The sequence number before its first reading.
    init(sensors count: Int, seed: UInt64, after sequence: UInt64 = 0) {
        random = Randomness(seed: seed)
        next = sequence + 1
        sensors = (0..<count).map { number in
            let device = "ESP_\(String(0x10_0000 + number / Self.sensorsPerDevice, radix: 16).uppercased())"
            guard let device = DeviceID(device), let pin = GPIO(number % Self.sensorsPerDevice + 4) else {
                preconditionFailure("no device or pin of the number \(number)")
            }
            return (device, SensorKey(gpio: pin, type: "ds18b20", address: .none))
        }
    }

    /// Which sensor a fact belongs to, by its sequence number.
    func sensor(_ sequence: UInt64) -> Int { Int((sequence - 1) % UInt64(sensors.count)) }

    /// The next readings, as the runtime would commit them.
    mutating func batch(_ count: Int) -> Batch {
        var batch = Batch(firstSequence: next)
        batch.facts.reserveCapacity(count)
        for sequence in next..<next + UInt64(count) { batch.facts.append(fact(sequence)) }
        next += UInt64(count)
        return batch
    }

    private mutating func fact(_ sequence: UInt64) -> Fact {
        let number = sensor(sequence)
        let second = Int64((sequence - 1) / UInt64(sensors.count))
        let raw = Double(300 + random.next() % 200)
        // Devices publish their sensors one after the other; the clock they claim has whole seconds.
        let claimed = UnixTime(milliseconds: Self.begin + second * 1000)
        let delay = Int64(number * 1000 / sensors.count)
        let receipt = claimed.advanced(byMilliseconds: delay + Int64(random.next() % 20))
        let isOdd = random.next() % UInt64(Self.oddEvery) == 0
        let isTimeless = number / Self.sensorsPerDevice % Self.timelessEvery == 0
        let sample = Sample(
            raw: raw, value: raw / 16, unit: "°C", quality: isOdd ? .poor : .good,
            eventTime: isTimeless ? receipt : claimed, receiptTime: receipt, claimedTime: claimed,
            digest: random.next(), isTimely: true, reportedQuality: .good, model: ModelStamp(version: 1, calibration: 0))
        let uptime = Uptime(milliseconds: receipt.milliseconds - Self.begin)
        return Fact(
            device: sensors[number].device, moment: Moment(time: receipt, uptime: uptime),
            event: .sensor(sensors[number].key, .sampled(sample)))
    }
}
