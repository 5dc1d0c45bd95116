import TwinCore
import TwinRuntime

/// Reads buckets and fills the empty ones in between.
///
/// The neighbours of a gap are looked for in the sensor's whole history, so an item shows the same on whichever page,
/// and within whichever span, it is asked for.
struct FilledReader: ItemReader {
    private let sensor: StoredSensor
    private let resolution: Resolution
    private let fill: Fill
    private let order: HistoryOrder
    private let store: any HistoryStore
    /// How many buckets are looked at at a time.
    private let count: Int
    /// What the whole answer is about; the values on both sides of its ends have buckets apart.
    private let whole: Range<UnixTime>
    /// What is still to be read.
    private var rest: Range<UnixTime>
    /// From the first value that is known to the last; `nil` before it was asked for.
    private var extent: Range<UnixTime>?
    /// What was measured last on the way here.
    private var passed: SeriesItem?

    /// Reads the buckets of a part of a span, so many at a time.
    init(
        _ sensor: StoredSensor, _ resolution: Resolution, in rest: Range<UnixTime>, of whole: Range<UnixTime>,
        _ fill: Fill, _ order: HistoryOrder, count: Int, from store: any HistoryStore
    ) {
        self.sensor = sensor
        self.resolution = resolution
        self.fill = fill
        self.order = order
        self.store = store
        self.count = count
        self.whole = whole
        self.rest = rest
    }

    mutating func next() async throws -> [HistoryItem]? {
        if extent == nil {
            guard let found = try await store.span(of: sensor) else { return nil }
            extent = found
            rest = rest.clamped(to: found)
        }
        while !rest.isEmpty {
            try Task.checkCancellation()
            let items = try await nextPart()
            if !items.isEmpty { return (order == .oldestFirst ? items : items.reversed()).map { HistoryItem($0) } }
        }
        return nil
    }

    /// The next buckets, oldest first; empty where the unit changes over a gap, which is skipped as a whole.
    private mutating func nextPart() async throws -> [SeriesItem] {
        let isBackward = order == .newestFirst
        let slots = store.calendar.buckets(resolution, in: rest, atMost: count, fromEnd: isBackward)
        guard let first = slots.first, let last = slots.last else { return [] }
        let part = max(rest.lowerBound, first.lowerBound)..<min(rest.upperBound, last.upperBound)
        let known = try await store.items(of: sensor, resolution, in: part)
        // A neighbour outside matters only where the outermost bucket is empty.
        var before: SeriesItem?
        if known.first?.span.lowerBound != first.lowerBound {
            before = isBackward ? nil : passed
            if before == nil { before = try await neighbour(before: part.lowerBound) }
        }
        var after: SeriesItem?
        if known.last?.span.lowerBound != last.lowerBound {
            after = isBackward ? passed : nil
            if after == nil { after = try await neighbour(after: part.upperBound) }
        }
        let items = fill.filled(known, in: slots, before: before, after: after)
        if isBackward {
            passed = known.isEmpty ? after : Self.earliest(known)
            let end = items.isEmpty ? before?.span.upperBound ?? rest.lowerBound : part.lowerBound
            rest = rest.lowerBound..<max(rest.lowerBound, min(part.lowerBound, end))
        } else {
            passed = known.isEmpty ? before : Self.latest(known)
            let start = items.isEmpty ? after?.span.lowerBound ?? rest.upperBound : part.upperBound
            rest = min(rest.upperBound, max(part.upperBound, start))..<rest.upperBound
        }
        return items
    }

    /// What was measured last before a time.
    private func neighbour(before time: UnixTime) async throws -> SeriesItem? {
        guard let extent, extent.lowerBound < time else { return nil }
        let span = extent.lowerBound..<time
        let months = try await store.items(of: sensor, .month, in: span)
        guard let place = Self.latest(months)?.lastTime else { return nil }
        let side = place < whole.lowerBound ? span : max(span.lowerBound, whole.lowerBound)..<time
        let bucket = store.calendar.bucket(resolution, containing: place).clamped(to: side)
        return Self.latest(try await store.items(of: sensor, resolution, in: bucket))
    }

    /// What was measured first at a time or after it.
    private func neighbour(after time: UnixTime) async throws -> SeriesItem? {
        guard let extent, time < extent.upperBound else { return nil }
        let span = time..<extent.upperBound
        let months = try await store.items(of: sensor, .month, in: span)
        guard let place = Self.earliest(months)?.firstTime else { return nil }
        let side = place < whole.upperBound ? time..<min(span.upperBound, whole.upperBound) : span
        let bucket = store.calendar.bucket(resolution, containing: place).clamped(to: side)
        return Self.earliest(try await store.items(of: sensor, resolution, in: bucket))
    }

    private static func latest(_ items: [SeriesItem]) -> SeriesItem? {
        items.max { ($0.lastTime ?? .writable.lowerBound) < ($1.lastTime ?? .writable.lowerBound) }
    }

    private static func earliest(_ items: [SeriesItem]) -> SeriesItem? {
        items.min { ($0.firstTime ?? .writable.lowerBound) < ($1.firstTime ?? .writable.lowerBound) }
    }
}
