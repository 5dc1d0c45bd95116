import TwinCore
import TwinRuntime

/// One item of a history as it is shown: a sample or a bucket.
struct HistoryItem: Sendable {
    /// What it is.
    enum Content: Sendable {
        case sample(StoredSample)
        case bucket(SeriesItem)
    }

    /// What it is.
    let content: Content
    /// The mean over it and the items before it, where that was asked for.
    var smoothed: Double?

    /// A sample.
    init(_ sample: StoredSample) { content = .sample(sample) }

    /// A bucket.
    init(_ bucket: SeriesItem) { content = .bucket(bucket) }

    /// The sample, if it is one.
    var sample: StoredSample? { if case .sample(let sample) = content { sample } else { nil } }

    /// The bucket, if it is one.
    var bucket: SeriesItem? { if case .bucket(let bucket) = content { bucket } else { nil } }

    /// The unit of its values.
    var unit: String {
        switch content {
        case .sample(let stored): stored.sample.unit
        case .bucket(let item): item.unit
        }
    }

    /// What a moving average takes in: the value of a sample that means something, or an aggregate of a bucket.
    func averaged(_ aggregate: Aggregate) -> MovingAverage.Item {
        switch content {
        case .sample(let stored): MovingAverage.Item(stored.sample.point?.value, unit: unit)
        case .bucket(let item): MovingAverage.Item(item[aggregate], unit: unit)
        }
    }

    /// Where a page ends that ends with it.
    func place(_ order: HistoryOrder) -> HistoryCursor.Place {
        switch content {
        case .sample(let stored): .sample(stored.place)
        case .bucket(let item): .edge(order == .oldestFirst ? item.span.upperBound : item.span.lowerBound)
        }
    }

    /// Whether it must stand on the page of another item: values of two units in one bucket.
    func belongs(with other: HistoryItem) -> Bool {
        guard let bucket, let other = other.bucket else { return false }
        return bucket.span == other.span
    }
}

/// Reads the items of a history, part by part, in the order asked for.
protocol ItemReader: Sendable {
    /// The next part, never empty; `nil` at the end.
    mutating func next() async throws -> [HistoryItem]?
}

/// What there is to read where no sensor has a value.
struct NoItems: ItemReader {
    mutating func next() async throws -> [HistoryItem]? { nil }
}
