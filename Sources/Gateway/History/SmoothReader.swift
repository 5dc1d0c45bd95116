import TwinCore
import TwinRuntime

/// Adds a moving average to the items of another reader.
struct SmoothReader: ItemReader {
    private var items: any ItemReader
    /// Reads, newest first, what stands before the first item; only when the items come oldest first.
    private var earlier: (any ItemReader)?
    private let width: Int
    private let aggregate: Aggregate
    private let order: HistoryOrder
    /// The items just before, where the oldest come first; else those that still wait for the items before them.
    private var held: [HistoryItem] = []

    /// Averages over so many items of a reader.
    ///
    /// - Parameters:
    ///   - items: The items.
    ///   - earlier: What stands before the first of them, newest first.
    ///   - width: Over how many items.
    ///   - aggregate: Of which aggregate.
    ///   - order: The order of `items`.
    init(
        _ items: any ItemReader, after earlier: (any ItemReader)?, over width: Int, of aggregate: Aggregate,
        _ order: HistoryOrder
    ) {
        self.items = items
        self.earlier = earlier
        self.width = width
        self.aggregate = aggregate
        self.order = order
    }

    mutating func next() async throws -> [HistoryItem]? {
        switch order {
        case .oldestFirst: try await nextForward()
        case .newestFirst: try await nextBackward()
        }
    }

    private mutating func nextForward() async throws -> [HistoryItem]? {
        if var reader = earlier {
            earlier = nil
            var found: [HistoryItem] = []
            while found.count < width - 1, let part = try await reader.next() { found += part }
            held = found.prefix(width - 1).reversed()
        }
        guard let part = try await items.next() else { return nil }
        let known = held.count
        let all = averaged(held + part)
        held = all.suffix(width - 1)
        return Array(all.dropFirst(known))
    }

    private mutating func nextBackward() async throws -> [HistoryItem]? {
        var isAtEnd = false
        while held.count < width, !isAtEnd {
            if let part = try await items.next() { held += part } else { isAtEnd = true }
        }
        guard !held.isEmpty else { return nil }
        let ready = isAtEnd ? held.count : held.count - (width - 1)
        let result = averaged(held.reversed()).reversed().prefix(ready)
        held.removeFirst(ready)
        return Array(result)
    }

    /// Items with their averages, oldest first.
    private func averaged(_ items: [HistoryItem]) -> [HistoryItem] {
        let averages = MovingAverage.trailing(items.map { $0.averaged(aggregate) }, over: width)
        return zip(items, averages).map { item, average in
            var item = item
            item.smoothed = average
            return item
        }
    }
}
