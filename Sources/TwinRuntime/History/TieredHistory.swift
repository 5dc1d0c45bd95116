public import TwinCore

/// Two stores that answer as one: the embedded one for what it still keeps, the other for what is older.
///
/// What the embedded store keeps it knows first and whole, also while the other is away; so a question about recent
/// times never depends on a network. A question that reaches further back fails when the other store does: half an
/// answer would look like a whole one.
public struct TieredHistory: HistoryStore {
    /// How often a question is put again because the embedded store removed something while it was answered.
    static let maximumTries = 3

    private let recent: any HistoryStore & KeptHistory
    private let older: any HistoryStore
    /// Where days, weeks and months begin.
    public let calendar: SiteCalendar

    /// Puts the stores together.
    ///
    /// - Parameters:
    ///   - recent: The embedded store; knows every sensor, and removes what is old after the other store has it.
    ///   - older: The store that keeps what the embedded one removed.
    ///   - calendar: Where days, weeks and months begin; the same in both.
    public init(recent: any HistoryStore & KeptHistory, older: any HistoryStore, calendar: SiteCalendar) {
        self.recent = recent
        self.older = older
        self.calendar = calendar
    }

    /// The sensors that have a history.
    ///
    /// The other store is asked for those that the embedded one may never have heard of. While it is away, those that
    /// the embedded one knows are named: questions about them need no network.
    public func sensors(_ query: SensorQuery) async throws -> [StoredSensor] {
        let known = try await recent.sensors(query)
        guard !known.isEmpty else { return try await older.sensors(query) }
        guard try await !recent.knowsEverySensor(), let others = try? await older.sensors(query) else { return known }
        let keys = Set(known.map(\.key))
        return known + others.filter { !keys.contains($0.key) }
    }

    /// Samples of one sensor or of a pin's, by event time.
    public func samples(_ query: SampleQuery) async throws -> [StoredSample] {
        try await steadily { floor in try await samples(query, keptFrom: floor) }
    }

    private func samples(_ query: SampleQuery, keptFrom floor: UnixTime?) async throws -> [StoredSample] {
        guard let floor, query.from.map({ $0 < floor }) ?? true else { return try await recent.samples(query) }
        var young = query
        young.from = max(query.from ?? floor, floor)
        var old = query
        old.to = min(query.to ?? floor, floor)
        switch query.order {
        case .newestFirst:
            let first = try await recent.samples(young)
            old.limit = query.limit - first.count
            return old.limit > 0 ? first + (try await removed(old)) : first
        case .oldestFirst:
            let first = try await removed(old)
            young.limit = query.limit - first.count
            return young.limit > 0 ? first + (try await recent.samples(young)) : first
        }
    }

    /// Samples below the floor: those of the other store, and those that came so late that it does not have them yet.
    private func removed(_ query: SampleQuery) async throws -> [StoredSample] {
        guard query.from.map({ from in query.to.map { from < $0 } ?? true }) ?? true else { return [] }
        // The page before ended beyond the floor.
        if query.order == .oldestFirst, let place = query.after, let end = query.to, place.eventTime >= end {
            return []
        }
        let stored = try await older.samples(query)
        let late = try await recent.samples(query)
        guard !late.isEmpty else { return stored }
        var seen = Set(stored.map(Identity.init))
        let merged = stored + late.filter { seen.insert(Identity($0)).inserted }
        let sorted =
            switch query.order {
            case .newestFirst: merged.sorted { $0.place > $1.place }
            case .oldestFirst: merged.sorted { $0.place < $1.place }
            }
        return Array(sorted.prefix(query.limit))
    }

    /// What makes a sample the same in both stores.
    private struct Identity: Hashable {
        let key: SensorKey
        let eventTime: UnixTime
        let digest: UInt64

        init(_ stored: StoredSample) {
            key = stored.sensor.key
            eventTime = stored.sample.eventTime
            digest = stored.sample.digest
        }
    }

    /// What is known of a sensor's values within spans of time.
    ///
    /// Each store tells of its own side of the floor. A bucket that lies on both is made of both: the older store may
    /// not have heard of the newest values yet, and the embedded one has removed the oldest.
    public func buckets(_ query: BucketQuery) async throws -> [Bucket] {
        let known = try await counterpart(of: query.sensor, in: recent)
        return try await steadily { floor in
            try await buckets(query, of: known, keptFrom: known == nil ? query.span.upperBound : floor)
        }
    }

    private func buckets(
        _ query: BucketQuery, of known: StoredSensor?, keptFrom floor: UnixTime?
    ) async throws -> [Bucket] {
        guard let floor, query.span.lowerBound < floor else {
            return try await recent.buckets(query, of: known, within: query.span)
        }
        // The minute that the floor lies in is whole in the older store, and was fed before anything in it went.
        let minute = calendar.bucket(.minute, containing: floor)
        let cut = min(minute.lowerBound < floor ? minute.upperBound : floor, query.span.upperBound)
        let removed = try await counterpart(of: query.sensor, in: older)
        var sums = BucketFold(query.resolution, calendar)
        for bucket in try await older.buckets(query, of: removed, within: query.span.lowerBound..<cut) {
            sums.add(bucket)
        }
        for bucket in try await recent.buckets(query, of: known, within: cut..<query.span.upperBound) {
            sums.add(bucket)
        }
        return sums.buckets
    }

    /// Answers with the event time from which the embedded store is whole, and again if that has moved meanwhile.
    ///
    /// While the other store is waited for, retention may remove what the answer still needs from here. What goes on
    /// being removed is gone in both, so after ``maximumTries`` the answer is as whole as it gets.
    private func steadily<Answer>(_ answer: (UnixTime?) async throws -> Answer) async throws -> Answer {
        var floor = try await recent.keptFrom()
        var found = try await answer(floor)
        for _ in 1..<Self.maximumTries {
            let moved = try await recent.keptFrom()
            if moved == floor { break }
            floor = moved
            found = try await answer(floor)
        }
        return found
    }

    /// The event times of a sensor's first and last sample.
    public func extent(of sensor: StoredSensor) async throws -> ClosedRange<UnixTime>? {
        let known = try await counterpart(of: sensor, in: recent)
        let young = try await recent.extent(of: known)
        guard try await recent.keptFrom() != nil || young == nil,
            let removed = try await counterpart(of: sensor, in: older),
            let old = try await older.extent(of: removed)
        else { return young }
        guard let young else { return old }
        return min(young.lowerBound, old.lowerBound)...max(young.upperBound, old.upperBound)
    }

    /// The sensor as one of the stores knows it: each has numbers of its own.
    private func counterpart(of sensor: StoredSensor, in store: any HistoryStore) async throws -> StoredSensor? {
        let query = SensorQuery(device: sensor.device, gpio: sensor.key.gpio, type: sensor.key.type)
        return try await store.sensors(query).first { $0.key == sensor.key }
    }

    /// One command with its evidence; `nil` when neither store has it.
    public func command(_ id: CommandID) async throws -> CommandRecord? {
        if let record = try await recent.command(id) { return record }
        // A command that nobody ever gave is asked for as well, and must not wait for a store that is away.
        return try? await older.command(id)
    }

    /// The newest dead letters, which the embedded store alone keeps.
    public func deadLetters(limit: Int) async throws -> DeadLetterReport {
        try await recent.deadLetters(limit: limit)
    }
}

extension HistoryStore {
    /// The answer to a part of a question.
    fileprivate func buckets(
        _ query: BucketQuery, of sensor: StoredSensor?, within span: Range<UnixTime>
    ) async throws -> [Bucket] {
        guard let sensor, !span.isEmpty else { return [] }
        return try await buckets(BucketQuery(sensor: sensor, resolution: query.resolution, span: span))
    }

    /// The extent of a sensor that the store may not know.
    fileprivate func extent(of sensor: StoredSensor?) async throws -> ClosedRange<UnixTime>? {
        guard let sensor else { return nil }
        return try await extent(of: sensor)
    }
}
