import HistoryExamples
import TwinCore

/// A store in memory, of one sensor, that writes down what a plan fetches from it.
struct PlanStore {
    let calendar: SiteCalendar
    var kept = RollupPlan.Kept.everything
    var stale: [RollupLevel: [UnixTime]] = [:]
    var young: [UnixTime] = []
    private var rollups: [RollupLevel: [Bucket]] = [:]
    private var samples: [(point: Bucket.Point, unit: String)] = []

    init(_ calendar: SiteCalendar) { self.calendar = calendar }

    /// Stores a series of the examples with its rollups; of those that are stale, something far off.
    mutating func fill(
        _ examples: HistoryExamples, _ series: Int, _ random: inout SplitMix64, stalePercent: Int
    ) {
        var known: Set<UInt64> = []
        for delivery in examples.batches.joined() where delivery.series == series {
            guard known.insert(delivery.sample.digest).inserted, let point = delivery.sample.point else { continue }
            samples.append((point, delivery.sample.unit))
            if random.below(500) < stalePercent { young.append(point.time) }
        }
        let order = samples.indices.sorted { (samples[$0].point.time, $0) < (samples[$1].point.time, $1) }
        samples = order.map { samples[$0] }
        for level in RollupLevel.allCases {
            let question = HistoryExamples.Question(
                series: series, resolution: level.resolution, span: examples.span)
            var isStale: [UnixTime: Bool] = [:]
            for plain in examples.answer(question, afterBatches: examples.batches.count) {
                let stale = isStale[plain.start] ?? (random.below(100) < stalePercent)
                isStale[plain.start] = stale
                let span = calendar.bucket(level.resolution, containing: plain.start)
                let isOff = stale || young.contains { span.contains($0) }
                rollups[level, default: []].append(Self.bucket(plain, isOff: isOff))
            }
            stale[level] = isStale.filter(\.value).keys.sorted()
        }
    }

    private static func bucket(_ plain: PlainBucket, isOff: Bool) -> Bucket {
        let values = plain.values.map(\.value)
        let mean = values.reduce(0, +) / Double(values.count)
        return Bucket(
            start: plain.start, unit: plain.unit, count: values.count + (isOff ? 1_000 : 0), mean: mean,
            squaredDeviations: values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +), minimum: values.min() ?? 0,
            maximum: values.max() ?? 0, first: plain.values[0], last: plain.values[plain.values.count - 1])
    }

    /// What is fetched to answer a question, a line for each round.
    func fetches(_ resolution: Resolution, _ span: Range<UnixTime>) -> [String] {
        var plan = RollupPlan(resolution, over: span, calendar: calendar, kept: kept)
        return complete(&plan)
    }

    /// Fetches until the plan has everything, and says what that was, a line for each round.
    func complete(_ plan: inout RollupPlan) -> [String] {
        var rounds: [String] = []
        var fetches = plan.next()
        while !fetches.isEmpty {
            rounds.append(fetches.map(Self.words).joined(separator: " · "))
            for fetch in fetches.reversed() { carryOut(fetch, &plan) }
            fetches = plan.next()
        }
        return rounds
    }

    private func carryOut(_ fetch: RollupPlan.Fetch, _ plan: inout RollupPlan) {
        switch fetch {
        case .stale(let level, let span):
            for start in stale[level, default: []] where span.contains(start) { plan.take(stale: start, of: level) }
        case .young(let span):
            for time in young where span.contains(time) { plan.take(young: time) }
        case .buckets(let level, let spans):
            for bucket in rollups[level, default: []] where spans.contains(where: { $0.contains(bucket.start) }) {
                plan.take(bucket)
            }
        case .samples(let spans):
            for sample in samples where spans.contains(where: { $0.contains(sample.point.time) }) {
                plan.take(sample.point, unit: sample.unit)
            }
        }
    }

    private static func words(_ fetch: RollupPlan.Fetch) -> String {
        switch fetch {
        case .stale(let level, _): "stale \(level)"
        case .young(let span): "young \(words(span))"
        case .buckets(let level, let spans): "\(level) " + spans.map(words).joined(separator: ", ")
        case .samples(let spans): "samples " + spans.map(words).joined(separator: ", ")
        }
    }

    private static func words(_ span: Range<UnixTime>) -> String {
        [span.lowerBound, span.upperBound].map { $0.rfc3339.replacing(".000Z", with: "Z") }.joined(separator: "..<")
    }
}
