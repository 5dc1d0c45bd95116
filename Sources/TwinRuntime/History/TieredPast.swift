/// Two stores of the past that answer as one: the embedded one for what it keeps, the other for what is older.
public struct TieredPast: PastStore {
    private let recent: any PastStore
    private let older: any PastStore

    /// Puts the stores together.
    ///
    /// - Parameters:
    ///   - recent: The embedded store, asked first: it knows everything up to now, and needs no network.
    ///   - older: The store that keeps what the embedded one removed.
    public init(recent: any PastStore, older: any PastStore) {
        self.recent = recent
        self.older = older
    }

    /// Lets `rebuild` read what there is of some devices up to an instant, from the store that keeps it.
    public func read<Rebuilt: Sendable>(
        _ query: PastQuery, _ rebuild: @escaping @Sendable (PastStretch) throws -> Rebuilt
    ) async throws -> Rebuilt {
        do {
            return try await recent.read(query, rebuild)
        } catch PastFailure.notKept(let from) {
            do {
                return try await older.read(query, rebuild)
            } catch PastFailure.notKept(let earlier) {
                throw PastFailure.notKept(from: min(from, earlier))
            }
        }
    }
}
