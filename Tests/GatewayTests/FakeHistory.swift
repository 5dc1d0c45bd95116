import Synchronization
import TwinCore
import TwinRuntime

/// A store that holds what a test put into it.
final class FakeHistory: HistoryStore {
    struct Script: Sendable {
        var samples: [Sample] = []
        var queries: [SampleQuery] = []
        var buckets: [Bucket] = []
        var command: CommandRecord?
        var letters = DeadLetterReport(counts: [], items: [])
        var failure: JournalFailure?
    }

    /// Whose samples they are.
    static let sensor = StoredSensor(
        number: 1, device: DeviceID("ESP_00000A")!,
        key: SensorKey(gpio: GPIO(34)!, type: "ph", address: .none), unit: "pH")

    let script = Mutex(Script())

    /// What it answers and was asked so far.
    var seen: Script { script.withLock { $0 } }

    func change(_ change: (inout sending Script) -> Void) { script.withLock { change(&$0) } }

    func sensors(_ query: SensorQuery) async throws -> [StoredSensor] {
        guard query.device == Self.sensor.device else { return [] }
        let isWanted = (query.gpio ?? Self.sensor.key.gpio) == Self.sensor.key.gpio
        return isWanted && (query.type ?? Self.sensor.key.type) == Self.sensor.key.type ? [Self.sensor] : []
    }

    func buckets(_ query: BucketQuery) async throws -> [Bucket] { script.withLock { $0.buckets } }

    func extent(of sensor: StoredSensor) async throws -> ClosedRange<UnixTime>? { nil }

    func samples(_ query: SampleQuery) async throws -> [StoredSample] {
        let (failure, samples) = script.withLock { script in
            script.queries.append(query)
            return (script.failure, script.samples)
        }
        if let failure { throw failure }
        let wanted = samples.enumerated().filter { _, sample in
            (query.from.map { sample.eventTime >= $0 } ?? true) && (query.to.map { sample.eventTime < $0 } ?? true)
        }
        return wanted.prefix(query.limit).map { offset, sample in
            StoredSample(sensor: Self.sensor, sample: sample, sequence: UInt64(samples.count - offset))
        }
    }

    func command(_ id: CommandID) async throws -> CommandRecord? {
        script.withLock { script in script.command.flatMap { $0.order.id == id ? $0 : nil } }
    }

    func deadLetters(limit: Int) async throws -> DeadLetterReport {
        let (failure, letters) = script.withLock { ($0.failure, $0.letters) }
        if let failure { throw failure }
        return DeadLetterReport(counts: letters.counts, items: Array(letters.items.prefix(limit)))
    }
}
