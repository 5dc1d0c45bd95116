public import TwinCore

/// A seeded history of a few sensors, questions about it, and the right answers: for every store alike.
///
/// The history has gaps, bursts, rows that come days late, rows that come twice, several rows of one event time, more
/// than one unit and all qualities. Its days lie around a moment that is worth looking at, such as a change of clocks.
public struct HistoryExamples: Sendable {
    /// A sensor.
    public struct Series: Sendable {
        public let device: DeviceID
        public let key: SensorKey
    }

    /// A sample as it is delivered; one that was delivered before is to be stored once.
    public struct Delivery: Sendable {
        /// The index of its series.
        public let series: Int
        public let sample: Sample
    }

    /// Which buckets are asked for.
    public struct Question: Sendable, CustomStringConvertible {
        /// The index of the series.
        public let series: Int
        public let resolution: Resolution
        public let span: Range<UnixTime>

        /// Puts a question together.
        public init(series: Int, resolution: Resolution, span: Range<UnixTime>) {
            self.series = series
            self.resolution = resolution
            self.span = span
        }

        public var description: String {
            "series \(series), \(resolution.rawValue), \(span.lowerBound.milliseconds)..<\(span.upperBound.milliseconds)"
        }
    }

    /// How many days before and after the moment there are samples.
    public static let days: Int64 = 11

    /// Where days, weeks and months begin.
    public let calendar: SiteCalendar
    /// The sensors.
    public let series: [Series]
    /// What is delivered, batch by batch.
    public let batches: [[Delivery]]
    /// What may be asked, at any time.
    public let questions: [Question]
    /// Which event times there are.
    public let span: Range<UnixTime>

    private static let dayMilliseconds: Int64 = 86_400_000

    /// Makes a history around a moment; the same seed makes the same one.
    public init(seed: UInt64, _ calendar: SiteCalendar, around moment: UnixTime, samplesPerSeries: Int = 1_500) {
        var random = SplitMix64(seed)
        self.calendar = calendar
        let reach = Self.days * Self.dayMilliseconds
        span = moment.advanced(byMilliseconds: -reach)..<moment.advanced(byMilliseconds: reach)
        series = (0..<3).map { number in
            Series(
                device: DeviceID("ESP_00000\(number)")!,
                key: SensorKey(gpio: GPIO(32 + number % 2)!, type: "kind_\(number)", address: .none))
        }
        var deliveries: [Delivery] = []
        for index in series.indices {
            var samples = SampleSource(around: Double(index * 400), spread: index == 2 ? 0.001 : 30)
            deliveries += samples.samples(samplesPerSeries, span, &random).map { Delivery(series: index, sample: $0) }
        }
        // By receipt, as they would come; a stable order of equal ones.
        let order = deliveries.indices.sorted {
            (deliveries[$0].sample.receiptTime, $0) < (deliveries[$1].sample.receiptTime, $1)
        }
        let ordered = order.map { deliveries[$0] }
        batches = stride(from: 0, to: ordered.count, by: 97).map { Array(ordered[$0..<min($0 + 97, ordered.count)]) }
        questions = Self.questions(calendar, span, around: moment, &random)
    }

    private static func questions(
        _ calendar: SiteCalendar, _ span: Range<UnixTime>, around moment: UnixTime, _ random: inout SplitMix64
    ) -> [Question] {
        let early = span.lowerBound.advanced(byMilliseconds: -40 * dayMilliseconds)
        let late = span.upperBound.advanced(byMilliseconds: 40 * dayMilliseconds)
        var questions: [Question] = []
        for resolution in Resolution.allCases {
            let bucket = calendar.bucket(resolution, containing: moment)
            var spans = [
                span, early..<late, early..<span.lowerBound, span.upperBound..<late, moment..<moment, bucket,
                bucket.lowerBound..<calendar.bucket(resolution, containing: bucket.upperBound).upperBound,
                bucket.lowerBound.advanced(byMilliseconds: 1)..<bucket.upperBound.advanced(byMilliseconds: 1),
                moment..<moment.advanced(byMilliseconds: 1), moment.advanced(byMilliseconds: -30_001)..<moment,
            ]
            for _ in 0..<6 {
                let ends = [random.time(in: early..<late), random.time(in: early..<late)].sorted()
                spans.append(ends[0]..<ends[1])
                let near = [random.time(in: span), random.time(in: span)].sorted()
                spans.append(near[0]..<near[1])
                let days = near.map { calendar.bucket(.day, containing: $0).lowerBound }
                spans.append(days[0]..<days[1])
            }
            for span in spans {
                questions.append(Question(series: random.below(3), resolution: resolution, span: span))
            }
        }
        return questions
    }
}

/// Makes the samples of one sensor.
private struct SampleSource {
    private let center: Double
    private let spread: Double
    private var digest: UInt64 = 0

    init(around center: Double, spread: Double) {
        self.center = center
        self.spread = spread
    }

    mutating func samples(_ count: Int, _ span: Range<UnixTime>, _ random: inout SplitMix64) -> [Sample] {
        let length = span.upperBound.milliseconds - span.lowerBound.milliseconds
        let pause = length / Int64(count)
        var samples: [Sample] = []
        var time = span.lowerBound
        while samples.count < count, time < span.upperBound {
            switch random.below(40) {
            case 0: time = time.advanced(byMilliseconds: pause * Int64(random.below(60)))
            case 1:
                for _ in 0..<20 {
                    time = time.advanced(byMilliseconds: Int64(random.below(3_000)))
                    samples.append(sample(at: time, &random))
                }
            case 2 where !samples.isEmpty:
                var again = samples[random.below(samples.count)]
                again.receiptTime = max(again.receiptTime, time)
                samples.append(again)
            case 3:
                let past = time.advanced(byMilliseconds: -Int64(random.below(3 * 86_400_000)))
                guard past >= span.lowerBound else { continue }
                var late = sample(at: past, &random)
                late.receiptTime = time
                samples.append(late)
            case 4: samples += [sample(at: time, &random), sample(at: time, &random)]
            default: samples.append(sample(at: time, &random))
            }
            time = time.advanced(byMilliseconds: Int64(random.below(Int(2 * pause))))
        }
        return samples.filter { span.contains($0.eventTime) }
    }

    private mutating func sample(at time: UnixTime, _ random: inout SplitMix64) -> Sample {
        digest += 1
        let number = center + (random.unit() - 0.5) * spread
        let value: Double? =
            switch random.below(30) {
            case 0: nil
            case 1: .infinity
            default: number
            }
        let quality = random.below(10) == 0 ? Quality.allCases[random.below(Quality.allCases.count)] : .good
        return Sample(
            raw: number, value: value, unit: ["°C", "°C", "°C", "°F", ""][random.below(5)], quality: quality,
            eventTime: time, receiptTime: time.advanced(byMilliseconds: 40), claimedTime: time, digest: digest,
            isTimely: true)
    }
}
