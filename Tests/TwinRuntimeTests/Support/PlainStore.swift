import TwinCore
import TwinRuntime

/// A history of one sensor in a list; a sensor without samples is not known.
final class PlainStore: HistoryStore, KeptHistory, @unchecked Sendable {
    let calendar = SiteCalendar.utc
    let sensor: StoredSensor
    var times: [UnixTime]
    var floor: UnixTime?
    var mayLackSensors = false
    var isAway = false
    /// Happens once, with the next question.
    var onQuestion: (() -> Void)?
    private(set) var questions = 0
    private(set) var numbersAsked: [Int64] = []

    init(number: Int64, key: SensorKey, times: [UnixTime]) {
        sensor = StoredSensor(number: number, device: .first, key: key, unit: "°C")
        self.times = times
    }

    private func ask() throws {
        questions += 1
        onQuestion?()
        onQuestion = nil
        if isAway { throw JournalFailure("the store is away") }
    }

    func keptFrom() async throws -> UnixTime? { floor }
    func knowsEverySensor() async throws -> Bool { !mayLackSensors }

    func sensors(_ query: SensorQuery) async throws -> [StoredSensor] {
        try ask()
        return times.isEmpty ? [] : [sensor]
    }

    func samples(_ query: SampleQuery) async throws -> [StoredSample] {
        try ask()
        let wanted = times.sorted().filter { time in
            (query.from.map { time >= $0 } ?? true) && (query.to.map { time < $0 } ?? true)
                && (query.after.map { query.order == .oldestFirst ? time > $0.eventTime : time < $0.eventTime } ?? true)
        }
        let ordered = query.order == .oldestFirst ? wanted : wanted.reversed()
        return ordered.prefix(query.limit).map { StoredSample(sensor: sensor, sample: sample($0), sequence: 1) }
    }

    private func sample(_ time: UnixTime) -> Sample {
        Sample(
            raw: 1, value: 1, unit: "°C", quality: .good, eventTime: time, receiptTime: time, claimedTime: time,
            digest: UInt64(bitPattern: time.milliseconds), isTimely: true)
    }

    func buckets(_ query: BucketQuery) async throws -> [Bucket] {
        try ask()
        numbersAsked.append(query.sensor.number)
        var found: [Bucket] = []
        for time in times.sorted() where query.span.contains(time) {
            let start = calendar.bucket(query.resolution, containing: time).lowerBound
            let point = Bucket.Point(time: time, value: 1)
            if found.last?.start == start {
                found[found.count - 1].add(point)
            } else {
                found.append(Bucket(start: start, unit: "°C", point))
            }
        }
        return found
    }

    func extent(of sensor: StoredSensor) async throws -> ClosedRange<UnixTime>? {
        try ask()
        return times.min().flatMap { low in times.max().map { low...$0 } }
    }

    func command(_ id: CommandID) async throws -> CommandRecord? { nil }
    func deadLetters(limit: Int) async throws -> DeadLetterReport { DeadLetterReport(counts: [], items: []) }
}
