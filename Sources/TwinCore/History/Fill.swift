/// What is shown for buckets in which nothing was measured.
///
/// Values are only ever filled in between two that were measured, and only where those have the same unit. A filled
/// item has count 0; its sum and its standard deviation are unknown.
public enum Fill: String, Sendable, CaseIterable {
    /// Nothing: they are left out.
    case none
    /// Last observation carried forward: mean, smallest and largest as in the bucket before; first and last are the
    /// last value that was measured.
    case carried = "locf"
    /// Mean, smallest and largest lie on straight lines, over the starts of the buckets, between those of the buckets
    /// before and after; first and last are unknown.
    case linear

    /// Puts items into the gaps of a series.
    ///
    /// - Parameters:
    ///   - known: What was measured within `slots`, oldest first.
    ///   - slots: The spans of all buckets, oldest first.
    ///   - before: The last that was measured before them, if any.
    ///   - after: The first that was measured after them, if any.
    public func filled(
        _ known: [SeriesItem], in slots: [Range<UnixTime>], before: SeriesItem?, after: SeriesItem?
    ) -> [SeriesItem] {
        guard self != .none else { return known }
        var items: [SeriesItem] = []
        var rest = known[...]
        var before = before
        for slot in slots {
            let here = rest.prefix { $0.span.lowerBound == slot.lowerBound }
            if here.isEmpty {
                let next = Self.earliest(among: rest) ?? after
                if let before, let next, let item = item(for: slot, between: before, and: next) { items.append(item) }
            } else {
                items += here
                rest = rest.dropFirst(here.count)
                before = here.max { Self.time($0.lastTime) < Self.time($1.lastTime) }
            }
        }
        return items
    }

    /// What an empty bucket shows; `nil` across a change of unit.
    private func item(for slot: Range<UnixTime>, between before: SeriesItem, and after: SeriesItem) -> SeriesItem? {
        guard before.unit == after.unit else { return nil }
        var item = SeriesItem(empty: slot, unit: before.unit)
        switch self {
        case .none: return nil
        case .carried:
            (item.mean, item.minimum, item.maximum) = (before.mean, before.minimum, before.maximum)
            (item.first, item.last) = (before.last, before.last)
        case .linear:
            let start = before.span.lowerBound.milliseconds
            let length = Double(after.span.lowerBound.milliseconds - start)
            // At either end of what was asked for, the neighbour may be the other part of the same bucket.
            let part = length > 0 ? Double(slot.lowerBound.milliseconds - start) / length : 0
            item.mean = Self.between(before.mean, after.mean, part)
            item.minimum = Self.between(before.minimum, after.minimum, part)
            item.maximum = Self.between(before.maximum, after.maximum, part)
        }
        return item
    }

    private static func between(_ before: Double?, _ after: Double?, _ part: Double) -> Double? {
        guard let before, let after else { return nil }
        // In this form neither end is missed by rounding.
        return before * (1 - part) + after * part
    }

    /// The earliest measured of the next bucket's, which may have values of several units.
    private static func earliest(among rest: ArraySlice<SeriesItem>) -> SeriesItem? {
        guard let start = rest.first?.span.lowerBound else { return nil }
        return rest.prefix { $0.span.lowerBound == start }.min { time($0.firstTime) < time($1.firstTime) }
    }

    private static func time(_ time: UnixTime?) -> UnixTime { time ?? UnixTime(milliseconds: .min) }
}
