import Synchronization
import TwinCore
import TwinRuntime

/// A store that holds what a test put into it, and computes everything plainly from its samples.
final class FakeHistory: HistoryStore {
    struct Script: Sendable {
        /// Samples of one sensor, newest first, for tests that do not care whose they are.
        var samples: [Sample] = []
        /// Samples of sensors that the store knows.
        var stored: [StoredSample] = []
        var queries: [SampleQuery] = []
        var bucketQueries: [BucketQuery] = []
        /// How many buckets the largest answer had.
        var largestAnswer = 0
        var command: CommandRecord?
        var letters = DeadLetterReport(counts: [], items: [])
        var failure: JournalFailure?
        /// After how many more answers the store fails.
        var answersBeforeFailure: Int?
    }

    /// Whose samples they are.
    static let sensor = StoredSensor(
        number: 1, device: DeviceID("ESP_00000A")!,
        key: SensorKey(gpio: GPIO(34)!, type: "ph", address: .none), unit: "pH")

    let script = Mutex(Script())
    let calendar: SiteCalendar

    init(calendar: SiteCalendar = .utc) { self.calendar = calendar }

    /// What it answers and was asked so far.
    var seen: Script { script.withLock { $0 } }

    func change(_ change: (inout sending Script) -> Void) { script.withLock { change(&$0) } }

    /// Puts a sensor's samples in, in the order of storing.
    func store(_ samples: [Sample], of sensor: StoredSensor) {
        script.withLock { script in
            for sample in samples {
                script.stored.append(
                    StoredSample(sensor: sensor, sample: sample, sequence: UInt64(script.stored.count + 1)))
            }
        }
    }

    func sensors(_ query: SensorQuery) async throws -> [StoredSensor] {
        try failIfDue()
        return Set(seen.stored.map(\.sensor)).union([Self.sensor]).sorted { $0.key < $1.key }.filter {
            $0.device == query.device && (query.gpio == nil || $0.key.gpio == query.gpio)
                && (query.type == nil || $0.key.type == query.type)
        }
    }

    /// The points of a bucket are gathered first and computed then, in two passes.
    func buckets(_ query: BucketQuery) async throws -> [Bucket] {
        try failIfDue()
        var points: [(start: UnixTime, unit: String, points: [Bucket.Point])] = []
        let stored = seen.stored.filter { $0.sensor == query.sensor && query.span.contains($0.sample.eventTime) }
        for sample in stored.sorted(by: { $0.place < $1.place }).map(\.sample) {
            guard let point = sample.point else { continue }
            let start = calendar.bucket(query.resolution, containing: point.time).lowerBound
            if let index = points.lastIndex(where: { $0.start == start && $0.unit == sample.unit }) {
                points[index].points.append(point)
            } else {
                points.append((start, sample.unit, [point]))
            }
        }
        points.sort { ($0.start, $0.unit) < ($1.start, $1.unit) }
        let count = points.count
        script.withLock { script in
            script.bucketQueries.append(query)
            script.largestAnswer = max(script.largestAnswer, count)
        }
        return points.map { Self.bucket($0.start, $0.unit, $0.points) }
    }

    private static func bucket(_ start: UnixTime, _ unit: String, _ points: [Bucket.Point]) -> Bucket {
        let values = points.map(\.value)
        let mean = values.reduce(0, +) / Double(values.count)
        return Bucket(
            start: start, unit: unit, count: values.count, mean: mean,
            squaredDeviations: values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }, minimum: values.min() ?? .nan,
            maximum: values.max() ?? .nan, first: points[0], last: points[points.count - 1])
    }

    func extent(of sensor: StoredSensor) async throws -> ClosedRange<UnixTime>? {
        try failIfDue()
        let times = seen.stored.filter { $0.sensor == sensor }.map(\.sample.eventTime)
        guard let first = times.min(), let last = times.max() else { return nil }
        return first...last
    }

    func samples(_ query: SampleQuery) async throws -> [StoredSample] {
        script.withLock { $0.queries.append(query) }
        try failIfDue()
        let seen = seen
        let nobodys = seen.samples.enumerated().map { offset, sample in
            StoredSample(sensor: Self.sensor, sample: sample, sequence: UInt64(seen.samples.count - offset))
        }
        let found = seen.stored.filter { stored in
            stored.sensor.device == query.device && stored.sensor.key.gpio == query.gpio
                && (query.type == nil || stored.sensor.key.type == query.type)
                && (query.address == nil || stored.sensor.key.address == query.address)
        }
        let isForward = query.order == .oldestFirst
        let wanted = (nobodys + found).filter { stored in
            let place = stored.place
            return (query.from.map { place.eventTime >= $0 } ?? true) && (query.to.map { place.eventTime < $0 } ?? true)
                && (query.after.map { isForward ? place > $0 : place < $0 } ?? true)
        }
        return Array(wanted.sorted { isForward ? $0.place < $1.place : $0.place > $1.place }.prefix(query.limit))
    }

    func command(_ id: CommandID) async throws -> CommandRecord? {
        script.withLock { script in script.command.flatMap { $0.order.id == id ? $0 : nil } }
    }

    func deadLetters(limit: Int) async throws -> DeadLetterReport {
        try failIfDue()
        let letters = seen.letters
        return DeadLetterReport(counts: letters.counts, items: Array(letters.items.prefix(limit)))
    }

    private func failIfDue() throws {
        let failure = script.withLock { script -> JournalFailure? in
            if let count = script.answersBeforeFailure {
                script.answersBeforeFailure = max(0, count - 1)
                if count == 0 { return JournalFailure("the disk is gone") }
            }
            return script.failure
        }
        if let failure { throw failure }
    }
}
