import TwinCore
import TwinRuntime

/// Reads samples, a bounded number at a time.
struct SampleReader: ItemReader {
    private let store: any HistoryStore
    private var query: SampleQuery
    private var isAtEnd = false

    /// Reads what a query asks for, its limit at a time.
    init(_ query: SampleQuery, from store: any HistoryStore) {
        self.query = query
        self.store = store
    }

    mutating func next() async throws -> [HistoryItem]? {
        guard !isAtEnd else { return nil }
        let samples = try await store.samples(query)
        isAtEnd = samples.count < query.limit
        query.after = samples.last?.place
        return samples.isEmpty ? nil : samples.map { HistoryItem($0) }
    }
}
