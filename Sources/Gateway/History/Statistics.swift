import TwinCore
import TwinRuntime

/// What is known of a sensor's values over a span, by unit.
struct Statistics: Sendable {
    /// What was measured in each unit, that of the latest value first.
    let parts: [SeriesItem]

    /// Merges buckets into one for each unit.
    ///
    /// - Parameter buckets: The buckets, oldest first.
    init(_ buckets: [Bucket]) {
        var merged: [Bucket] = []
        for bucket in buckets {
            if let index = merged.firstIndex(where: { $0.unit == bucket.unit }) {
                merged[index].merge(bucket)
            } else {
                merged.append(bucket)
            }
        }
        merged.sort { $0.last.time > $1.last.time }
        parts = merged.map { SeriesItem($0, span: $0.start..<$0.start) }
    }

    /// The statistics in the unit of the latest value; count 0 when there is none.
    var latest: [JSONValue.Member] { Self.members(of: parts.first) }

    /// The statistics in the units that the sensor had before.
    var others: [JSONValue] { parts.dropFirst().map { .object(Self.members(of: $0)) } }

    private static func members(of item: SeriesItem?) -> [JSONValue.Member] {
        [
            .init(name: "unit", value: JSONValue(item?.unit)),
            .init(name: "count", value: JSONValue(item?.count ?? 0)),
            .init(name: "mean", value: JSONValue(item?.mean)),
            .init(name: "min", value: JSONValue(item?.minimum)),
            .init(name: "max", value: JSONValue(item?.maximum)),
            .init(name: "stddev", value: JSONValue(item?.standardDeviation)),
            .init(name: "sum", value: JSONValue(item?.sum)),
            .init(name: "first", value: JSONValue(item?.first)),
            .init(name: "first_time", value: JSONValue(item?.firstTime)),
            .init(name: "last", value: JSONValue(item?.last)),
            .init(name: "last_time", value: JSONValue(item?.lastTime)),
        ]
    }
}
