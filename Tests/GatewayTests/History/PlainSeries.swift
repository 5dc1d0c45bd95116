import TwinCore
import TwinRuntime

@testable import Gateway

/// A history computed the long way: every bucket is visited, and every sample for every bucket.
struct PlainSeries {
    let samples: [StoredSample]
    let calendar: SiteCalendar

    /// One item, as far as it is compared.
    struct Item {
        var start: UnixTime
        var unit: String
        var values: [Double]
        var times: [UnixTime]
        var filled: [String: Double?] = [:]

        var mean: Double { values.reduce(0, +) / Double(values.count) }

        /// What is shown under a name.
        func shown(_ name: String) -> Double? {
            if values.isEmpty { return filled[name] ?? nil }
            switch name {
            case "avg": return mean
            case "min": return values.min()
            case "max": return values.max()
            case "sum": return values.reduce(0, +)
            case "first": return values.first
            case "last": return values.last
            case "count": return Double(values.count)
            default:
                guard values.count > 1 else { return nil }
                let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                return (squares / Double(values.count - 1)).squareRoot()
            }
        }
    }

    /// What has values, oldest first.
    func known(_ resolution: Resolution, in span: Range<UnixTime>) -> [Item] {
        var items: [Item] = []
        for stored in samples.sorted(by: { $0.place < $1.place }) {
            let sample = stored.sample
            guard span.contains(sample.eventTime), sample.quality != .error, let value = sample.value else { continue }
            let start = calendar.bucket(resolution, containing: sample.eventTime).lowerBound
            if let index = items.firstIndex(where: { $0.start == start && $0.unit == sample.unit }) {
                items[index].values.append(value)
                items[index].times.append(sample.eventTime)
            } else {
                items.append(Item(start: start, unit: sample.unit, values: [value], times: [sample.eventTime]))
            }
        }
        return items.sorted { ($0.start, $0.unit) < ($1.start, $1.unit) }
    }

    /// The same with the gaps filled.
    func filled(_ fill: Fill, _ resolution: Resolution, in span: Range<UnixTime>) -> [Item] {
        let known = known(resolution, in: span)
        guard fill != .none else { return known }
        let all = UnixTime(milliseconds: -100_000_000_000)..<UnixTime(milliseconds: 4_000_000_000_000)
        let before = self.known(resolution, in: all.lowerBound..<span.lowerBound)
        let after = self.known(resolution, in: span.upperBound..<all.upperBound)
        let neighbours = before + known + after
        return calendar.starts(resolution, in: span).flatMap { start -> [Item] in
            let here = known.filter { $0.start == start }
            guard here.isEmpty else { return here }
            let earlier = neighbours.filter { $0.start < start } + before.filter { $0.start == start }
            let later = neighbours.filter { $0.start > start } + after.filter { $0.start == start }
            guard let left = earlier.max(by: { $0.times.last! < $1.times.last! }),
                let right = later.min(by: { $0.times.first! < $1.times.first! }), left.unit == right.unit
            else { return [] }
            var item = Item(start: start, unit: left.unit, values: [], times: [])
            let length = right.start.milliseconds - left.start.milliseconds
            let part = length == 0 ? 0 : Double(start.milliseconds - left.start.milliseconds) / Double(length)
            for name in ["avg", "min", "max"] {
                guard let low = left.shown(name), let high = right.shown(name) else { continue }
                item.filled[name] = fill == .carried ? low : low + (high - low) * part
            }
            if fill == .carried { for name in ["first", "last"] { item.filled[name] = left.values.last } }
            return [item]
        }
    }
}
