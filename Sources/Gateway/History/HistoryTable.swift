import TwinCore
import TwinRuntime

/// What is told of each item of a history, under which names: the same in JSON, NDJSON and CSV.
struct HistoryTable: Sendable {
    /// What is shown of buckets; `nil` for samples.
    let aggregates: [Aggregate]?
    /// Whether each item has a moving average.
    let isSmoothed: Bool
    /// Whether each item names its sensor.
    let namesSensor: Bool
    /// The kind that the models' stamps are shown with where items do not name their sensor; `nil` if none is known.
    let kind: String?
    /// Whose buckets they are.
    let sensor: StoredSensor?

    /// The names, in order.
    var names: [String] {
        let start = namesSensor ? ["sensor"] : []
        let end = isSmoothed ? ["smoothed"] : []
        guard let aggregates else { return start + Sample.memberNames + end }
        return start + ["start", "end", "unit", "count"] + aggregates.flatMap(\.memberNames) + ["filled"] + end
    }

    /// The values of an item, in the order of ``names``.
    func values(of item: HistoryItem) -> [JSONValue] {
        var values: [JSONValue] = []
        if namesSensor { values.append(JSONValue((item.sample?.sensor ?? sensor)?.key.id)) }
        switch item.content {
        case .sample(let stored):
            values += stored.sample.json(kind: namesSensor ? stored.sensor.key.type : kind).members.map(\.value)
        case .bucket(let bucket):
            values += [
                JSONValue(bucket.span.lowerBound), JSONValue(bucket.span.upperBound), .string(bucket.unit),
                JSONValue(bucket.count),
            ]
            for aggregate in aggregates ?? [] { values += aggregate.values(of: bucket) }
            values.append(JSONValue(bucket.isFilled))
        }
        if isSmoothed { values.append(JSONValue(item.smoothed)) }
        return values
    }

    /// An item as JSON shows it.
    func json(_ item: HistoryItem) -> JSONValue {
        .object(zip(names, values(of: item)).map { JSONValue.Member(name: $0, value: $1) })
    }
}

extension Aggregate {
    /// The names of what is told of it; how many values there are is always told.
    fileprivate var memberNames: [String] {
        switch self {
        case .count: []
        case .first, .last: [rawValue, "\(rawValue)_time"]
        case .mean, .minimum, .maximum, .sum, .standardDeviation: [rawValue]
        }
    }

    /// Their values in a bucket.
    fileprivate func values(of bucket: SeriesItem) -> [JSONValue] {
        switch self {
        case .count: []
        case .first: [JSONValue(bucket.first), JSONValue(bucket.firstTime)]
        case .last: [JSONValue(bucket.last), JSONValue(bucket.lastTime)]
        case .mean, .minimum, .maximum, .sum, .standardDeviation: [JSONValue(bucket[self])]
        }
    }
}
