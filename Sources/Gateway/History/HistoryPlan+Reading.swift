import TwinCore
import TwinRuntime

extension HistoryPlan {
    /// Reads the items behind the place, in the order asked for.
    ///
    /// - Parameter count: How many samples, or filled buckets, are read at a time.
    func reader(count: Int) -> any ItemReader {
        let width = question.smooth ?? 1
        let items = plainReader(question.order, count: count + width - 1, from: place)
        guard question.smooth != nil else { return items }
        // Newest first, what an average needs is read anyway; oldest first, it lies behind us.
        let earlier: (any ItemReader)? =
            question.order == .oldestFirst && place != nil && width > 1
            ? plainReader(.newestFirst, count: width - 1, from: place.map(Self.including)) : nil
        return SmoothReader(items, after: earlier, over: width, of: question.shown, question.order)
    }

    /// The place from which reading backward begins with the item that a page ended with.
    private static func including(_ place: HistoryCursor.Place) -> HistoryCursor.Place {
        guard case .sample(let sample) = place else { return place }
        return .sample(sample.next)
    }

    private func plainReader(
        _ order: HistoryOrder, count: Int, from place: HistoryCursor.Place?
    ) -> any ItemReader {
        guard let resolution else {
            var after: SamplePlace?
            if case .sample(let sample)? = place { after = sample }
            let query = SampleQuery(
                device: request.device, gpio: request.gpio, type: kind, address: request.address, from: from, to: to,
                order: order, after: after, limit: count)
            return SampleReader(query, from: store)
        }
        guard let sensor = sensors.first, let span else { return NoItems() }
        let rest = Self.rest(of: span, order, from: place)
        guard question.fill != .none else { return BucketReader(sensor, resolution, in: rest, order, from: store) }
        return FilledReader(
            sensor, resolution, in: rest, of: span, question.fill, order, count: min(count, WindowPlan.maximumBuckets),
            from: store)
    }

    /// What of a span lies behind a place.
    private static func rest(
        of span: Range<UnixTime>, _ order: HistoryOrder, from place: HistoryCursor.Place?
    ) -> Range<UnixTime> {
        guard case .edge(let edge)? = place else { return span }
        let within = min(max(edge, span.lowerBound), span.upperBound)
        return order == .oldestFirst ? within..<span.upperBound : span.lowerBound..<within
    }

    /// One page: at most so many items as were asked for, and what is behind them.
    func page() async throws -> (items: [HistoryItem], next: HistoryCursor?) {
        // One more than asked for tells whether there is a next page.
        var reader = reader(count: question.limit + 1)
        var items: [HistoryItem] = []
        var count = 0
        while count == items.count, let part = try await reader.next() {
            items += part
            count = max(count, min(question.limit, items.count))
            // A bucket with values of several units is one item for each, and no page ends between them.
            while count < items.count, items[count].belongs(with: items[count - 1]) { count += 1 }
        }
        let isLast = count == items.count
        let next = isLast ? nil : cursor(at: items[count - 1].place(question.order))
        return (Array(items.prefix(count)), next)
    }

    private func cursor(at place: HistoryCursor.Place) -> HistoryCursor {
        HistoryCursor(question: checksum, resolution: resolution, from: from, to: to, place: place)
    }
}
