import TwinCore
import TwinRuntime

/// Reads buckets with values, in parts of bounded size however long the span and however sparse the values.
struct BucketReader: ItemReader {
    private let sensor: StoredSensor
    private let store: any HistoryStore
    private let plan: WindowPlan
    private let order: HistoryOrder
    /// What is still to be done, the next last.
    private var steps: [WindowPlan.Step]

    /// Reads the buckets of a span.
    init(
        _ sensor: StoredSensor, _ resolution: Resolution, in span: Range<UnixTime>, _ order: HistoryOrder,
        from store: any HistoryStore
    ) {
        self.sensor = sensor
        self.store = store
        self.order = order
        plan = WindowPlan(calendar: store.calendar, resolution: resolution)
        steps = span.isEmpty ? [] : [plan.step(span)]
    }

    mutating func next() async throws -> [HistoryItem]? {
        while let step = steps.popLast() {
            try Task.checkCancellation()
            switch step {
            case .read(let span):
                let items = try await store.items(of: sensor, plan.resolution, in: span)
                if !items.isEmpty { return (order == .oldestFirst ? items : items.reversed()).map { HistoryItem($0) } }
            case .divide(let span, let level):
                let query = BucketQuery(sensor: sensor, resolution: level.resolution, span: span)
                let parts = plan.steps(span, among: try await store.buckets(query), by: level)
                steps += order == .oldestFirst ? parts.reversed() : parts
            }
        }
        return nil
    }
}

extension HistoryStore {
    /// The buckets of a span that fits the memory, oldest first, each with its own span.
    func items(
        of sensor: StoredSensor, _ resolution: Resolution, in span: Range<UnixTime>
    ) async throws -> [SeriesItem] {
        let calendar = calendar
        return try await buckets(BucketQuery(sensor: sensor, resolution: resolution, span: span)).map {
            SeriesItem($0, span: calendar.bucket(resolution, containing: $0.start))
        }
    }

    /// From the first to the last sample of a sensor; `nil` when there is none.
    func span(of sensor: StoredSensor) async throws -> Range<UnixTime>? {
        guard let extent = try await extent(of: sensor) else { return nil }
        // A device may claim any time; what cannot be written cannot be asked for.
        let bounds = UnixTime.writable
        guard extent.overlaps(bounds) else { return nil }
        let within = extent.clamped(to: bounds)
        return within.lowerBound..<within.upperBound.advanced(byMilliseconds: 1)
    }
}
