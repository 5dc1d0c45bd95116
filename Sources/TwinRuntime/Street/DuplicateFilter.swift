import DequeModule

/// The digests of the newest samples, so that what a broker delivers again has no second effect.
///
/// A broker redelivers at most its window of unacknowledged messages, so remembering several windows is enough. The
/// journal's unique key stands behind it.
struct DuplicateFilter: Sendable {
    private var known: Set<UInt64> = []
    private var order: Deque<UInt64> = []
    private let limit: Int

    init(limit: Int, recent: [UInt64] = []) {
        self.limit = limit
        known.reserveCapacity(limit)
        order.reserveCapacity(limit)
        for digest in recent { insert(digest) }
    }

    /// Whether a sample of this digest is among the newest.
    func contains(_ digest: UInt64) -> Bool { known.contains(digest) }

    /// Remembers a digest and forgets the oldest when there are too many.
    mutating func insert(_ digest: UInt64) {
        guard known.insert(digest).inserted else { return }
        order.append(digest)
        if order.count > limit { known.remove(order.removeFirst()) }
    }
}
