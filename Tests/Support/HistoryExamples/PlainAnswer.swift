public import TwinCore

/// A bucket computed in the plainest way: all values are gathered, then gone over twice.
///
/// Nothing of how stores make buckets is in here, so that a mistake there cannot hide.
public struct PlainBucket: Sendable {
    public let start: UnixTime
    public let unit: String
    public let values: [Bucket.Point]

    private var numbers: [Double] { values.map(\.value) }

    /// What is wrong with a store's bucket; `nil` for nothing.
    ///
    /// Counts, extremes, ends and times are the same; what was added up is, to a part in 10⁹.
    func difference(from bucket: Bucket) -> String? {
        let numbers = numbers
        let mean = numbers.reduce(0, +) / Double(numbers.count)
        let deviations = numbers.map { ($0 - mean) * ($0 - mean) }.reduce(0, +)
        let squares = numbers.map { $0 * $0 }.reduce(0, +)
        let largest = numbers.map(abs).max() ?? 0
        guard bucket.start == start, bucket.unit == unit else { return "begins at another time or has another unit" }
        guard bucket.count == values.count else { return "count \(bucket.count), not \(values.count)" }
        guard bucket.minimum == numbers.min(), bucket.maximum == numbers.max() else { return "minimum or maximum" }
        guard bucket.first == values.first else { return "first \(bucket.first)" }
        guard bucket.last == values.last else { return "last \(bucket.last)" }
        // A sum whose terms cancel each other out is exact to a part of its terms.
        guard Self.areEqual(bucket.mean, mean, largest) else { return "mean \(bucket.mean), not \(mean)" }
        guard Self.areEqual(bucket.sum, mean * Double(values.count), largest * Double(values.count)) else {
            return "sum \(bucket.sum)"
        }
        guard Self.areEqual(bucket.sumOfSquares, squares, 0) else { return "sum of squares \(bucket.sumOfSquares)" }
        // No way to compute it is more exact than the values are: about 50 units in the last place of the largest.
        let rounding = 1e-5 * largest
        let root = (bucket.squaredDeviations.squareRoot(), deviations.squareRoot())
        guard Self.areEqual(root.0, root.1, rounding * Double(values.count).squareRoot()) else {
            return "squared deviations \(bucket.squaredDeviations), not \(deviations)"
        }
        let deviation = values.count < 2 ? nil : (deviations / Double(values.count - 1)).squareRoot()
        guard (bucket.standardDeviation == nil) == (deviation == nil),
            Self.areEqual(bucket.standardDeviation ?? 0, deviation ?? 0, rounding)
        else { return "standard deviation \(String(describing: bucket.standardDeviation))" }
        return nil
    }

    private static func areEqual(_ one: Double, _ other: Double, _ scale: Double) -> Bool {
        abs(one - other) <= 1e-9 * max(abs(one), abs(other), scale)
    }
}

extension HistoryExamples {
    /// The right answer to a question once so many batches are stored.
    ///
    /// - Parameter change: How samples were computed again since then.
    public func answer(
        _ question: Question, afterBatches count: Int, change: (Sample) -> Sample = { $0 }
    ) -> [PlainBucket] {
        struct Identity: Hashable {
            let claimed: UnixTime
            let digest: UInt64
        }
        var known: Set<Identity> = []
        var stored: [Sample] = []
        for delivery in batches.prefix(count).joined() where delivery.series == question.series {
            let sample = delivery.sample
            let isNew = known.insert(Identity(claimed: sample.claimedTime, digest: sample.digest)).inserted
            if isNew, question.span.contains(sample.eventTime) { stored.append(change(sample)) }
        }
        var groups: [UnixTime: [String: [(time: UnixTime, order: Int, value: Double)]]] = [:]
        for (order, sample) in stored.enumerated() {
            guard sample.quality != .error, sample.quality != .critical else { continue }
            guard let value = sample.value, value.isFinite else { continue }
            let start = calendar.bucket(question.resolution, containing: sample.eventTime).lowerBound
            groups[start, default: [:]][sample.unit, default: []].append((sample.eventTime, order, value))
        }
        return groups.sorted { $0.key < $1.key }.flatMap { start, units in
            units.sorted { $0.key < $1.key }.map { unit, values in
                let ordered = values.sorted { ($0.time, $0.order) < ($1.time, $1.order) }
                return PlainBucket(
                    start: start, unit: unit, values: ordered.map { Bucket.Point(time: $0.time, value: $0.value) })
            }
        }
    }

    /// What is wrong with a store's answer; `nil` for nothing.
    public static func difference(of answer: [Bucket], from right: [PlainBucket]) -> String? {
        guard answer.count == right.count else { return "\(answer.count) buckets, not \(right.count)" }
        for (bucket, plain) in zip(answer, right) {
            if let difference = plain.difference(from: bucket) {
                return "\(bucket.start) \(bucket.unit): \(difference)"
            }
        }
        return nil
    }
}
