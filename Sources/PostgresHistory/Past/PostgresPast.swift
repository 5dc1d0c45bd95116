import Dispatch
import TwinCore
public import TwinRuntime

/// The past out of PostgreSQL: what rebuilds twins as of instants that the embedded store does not keep any more.
///
/// An instant belongs to the journal that ran then. Twins are rebuilt on one thread, which waits for pages that are
/// fetched beside it.
public final class PostgresPast: PastStore {
    /// How long one page may take, in milliseconds; a whole look is bounded by who asks.
    static let deadlineMilliseconds: Int64 = 20_000
    /// How far two past twins of a device lie apart at most, in milliseconds.
    public static let intervalMilliseconds: Int64 = 3_600_000

    private let link: PostgresLink
    private let journal: any FeedSource
    private let intervalMilliseconds: Int64
    private let queue = DispatchQueue(label: "doppel.past", qos: .userInitiated)

    /// Answers through a link that the feed does not use.
    ///
    /// - Parameters:
    ///   - link: Started and stopped by its owner.
    ///   - journal: The journal that is fed; younger ones in the database are not looked at.
    ///   - intervalMilliseconds: How far two past twins of a device lie apart at most in that journal.
    public init(
        _ link: PostgresLink, of journal: any FeedSource,
        intervalMilliseconds: Int64 = PostgresPast.intervalMilliseconds
    ) {
        self.link = link
        self.journal = journal
        self.intervalMilliseconds = intervalMilliseconds
    }

    /// Lets `rebuild` read what there is of some devices up to an instant.
    @concurrent
    public func read<Rebuilt: Sendable>(
        _ query: PastQuery, _ rebuild: @escaping @Sendable (PastStretch) throws -> Rebuilt
    ) async throws -> Rebuilt {
        let id = try await journal.origin().journal
        let found = try await PastJournal.find(
            id, at: query.at, intervalMilliseconds: intervalMilliseconds, link)
        guard let found, let last = try await PastMoment.find(at: query.at, found, link) else {
            return try await onThread {
                try rebuild(
                    PastStretch(
                        moment: Moment(time: query.at, uptime: Uptime(milliseconds: 0)), lastSequence: 0, devices: [],
                        forEach: { _ in }))
            }
        }
        guard !found.isRunning || last.position < found.fedThrough else {
            throw PastFailure.unreadable(
                "PostgreSQL holds what happened up to \(last.moment.time.rfc3339); the feed brings the rest")
        }
        let rebuilt = try await rebuilt(query, found, last, rebuild)
        // Retention moves its mark before it removes anything: if it is where it was, nothing was missing.
        let from = try await PastJournal.kept(intervalMilliseconds, link)
        guard query.at >= from else { throw PastFailure.notKept(from: from) }
        return rebuilt
    }

    private func rebuilt<Rebuilt: Sendable>(
        _ query: PastQuery, _ journal: PastJournal, _ last: PastMoment,
        _ rebuild: @escaping @Sendable (PastStretch) throws -> Rebuilt
    ) async throws -> Rebuilt {
        let devices = try await devices(query.devices)
        let pages = try await PastPages(of: devices, through: last.position, journal, link)
        let handover = PageHandover<[PastStretch.Step]>()
        async let fetching: Void = fetch(pages, query.mayGoOn, for: handover)
        let span = query.at.milliseconds - last.moment.time.milliseconds
        let moment = Moment(time: query.at, uptime: last.moment.uptime.advanced(byMilliseconds: span))
        let sequence = journal.line.sequence(of: last.position)
        let rebuilt = await Result.catching {
            try await onThread {
                defer { handover.end() }
                return try rebuild(
                    PastStretch(moment: moment, lastSequence: sequence, devices: devices) { take in
                        while let page = try handover.next() {
                            for step in page { try take(step) }
                        }
                    })
            }
        }
        await fetching
        return try rebuilt.get()
    }

    /// Fetches a page whenever one is wanted.
    @concurrent
    private func fetch(
        _ pages: PastPages, _ mayGoOn: @Sendable () throws -> Void, for handover: PageHandover<[PastStretch.Step]>
    ) async {
        var pages = pages
        while await handover.isWanted() {
            handover.give(
                await Result.catching {
                    try mayGoOn()
                    return try await pages.next()
                })
        }
    }

    /// Does something on a thread that may wait.
    private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    /// The devices that are asked for, as far as PostgreSQL knows them.
    private func devices(_ wanted: PastQuery.Devices) async throws -> [DeviceID] {
        guard case .after(let id, let limit) = wanted else {
            guard case .one(let device) = wanted else { return [] }
            return [device]
        }
        let rows = try await link.query(
            Self.deviceQuery, [.text(id?.description ?? ""), .integer(Int64(limit))],
            deadlineMilliseconds: Self.deadlineMilliseconds)
        return try (0..<rows.count).map { row in
            let name = try rows.words(row, 0)
            guard let device = DeviceID(name) else {
                throw PostgresFailure(.misused, "the facts name \(name), which is no device")
            }
            return device
        }
    }

    /// Goes from each device to the next by the indices.
    private static let deviceQuery = """
        WITH RECURSIVE known (device) AS (
            SELECT $1::text COLLATE "C"
            UNION ALL
            SELECT (
                SELECT min(found.device) FROM (
                    SELECT (SELECT min(device_id) FROM events WHERE device_id > known.device) AS device
                    UNION ALL SELECT (SELECT min(device_id) FROM safety_records WHERE device_id > known.device)
                    UNION ALL SELECT (SELECT min(device_id) FROM twins WHERE device_id > known.device)
                    UNION ALL SELECT (SELECT min(device_id) FROM twin_snapshots WHERE device_id > known.device)
                ) AS found)
            FROM known WHERE known.device IS NOT NULL
        ) SELECT device FROM known WHERE device IS NOT NULL OFFSET 1 LIMIT $2
        """
}

extension Result where Failure == any Error {
    /// What something that waits ends with.
    fileprivate static func catching(_ body: () async throws -> Success) async -> Self {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
