import TwinCore
import TwinRuntime

/// The way of a question about buckets: one round trip where the rollups are current, one or two more where not.
///
/// What a plan fetches if nothing is stale is fetched at once, together with what tells whether something is. The order
/// of the statements makes that right: the feed's steps are read before the marks, and the marks before the values, so
/// what a round of rollups does in between is seen by all that is read behind it. Only a change of the time zone takes
/// days, weeks and months away without a mark, so whose they are is read once more behind them.
struct BucketAnswer {
    private let query: BucketQuery
    private let calendar: SiteCalendar
    private let link: PostgresLink
    /// What a plan asks first, which depends on nothing.
    private let marks: [RollupPlan.Fetch]
    /// What it asks then if all of those answers are empty.
    private let guesses: [RollupPlan.Fetch]

    init(_ query: BucketQuery, calendar: SiteCalendar, _ link: PostgresLink) {
        self.query = query
        self.calendar = calendar
        self.link = link
        var plan = RollupPlan(query.resolution, over: query.span, calendar: calendar)
        marks = plan.next()
        guesses = plan.next()
    }

    /// Asks, and adds the answers up.
    func buckets() async throws(PostgresFailure) -> [Bucket] {
        guard !marks.isEmpty else { return [] }
        if let buckets = try await buckets(atMost: .month) { return buckets }
        return try await buckets(atMost: .hour) ?? []
    }

    /// Asks; `nil` when days, weeks and months changed hands on the way.
    private func buckets(atMost coarsest: RollupLevel) async throws(PostgresFailure) -> [Bucket]? {
        let kept = PostgresStep.statement(HistoryMarks.keptStatement)
        // Hours and minutes are the same in every zone.
        let again = query.resolution.milliseconds == nil && coarsest > .hour ? [kept] : []
        let answers = try await ask([kept] + statements(marks + guesses) + again)
        var left = try self.kept(answers[0])
        left.coarsest = min(left.coarsest, coarsest)
        guard try holds(left, answers) else { return nil }
        var plan = RollupPlan(query.resolution, over: query.span, calendar: calendar, kept: left)
        for mark in plan.next() {
            guard let place = marks.firstIndex(of: mark),
                let rows = try await marked(mark, answers[1 + place])
            else { continue }
            try take(rows, of: mark, into: &plan)
        }
        var missing: [RollupPlan.Fetch] = []
        for fetch in plan.next() {
            if let guess = guesses.firstIndex(where: { $0.covers(fetch) }) {
                try take(answers[1 + marks.count + guess], of: fetch, into: &plan)
            } else {
                missing.append(fetch)
            }
        }
        guard !missing.isEmpty else { return plan.buckets }
        let more = try await ask(statements(missing) + again)
        guard try holds(left, more) else { return nil }
        for (fetch, rows) in zip(missing, more) { try take(rows, of: fetch, into: &plan) }
        return plan.buckets
    }

    /// Whether days, weeks and months that were believed are still to be believed after they were read.
    private func holds(_ kept: RollupPlan.Kept, _ answers: [PostgresRows]) throws(PostgresFailure) -> Bool {
        guard kept.coarsest > .hour, query.resolution.milliseconds == nil, let last = answers.last else { return true }
        return try self.kept(last).coarsest > .hour
    }

    private func kept(_ rows: PostgresRows) throws(PostgresFailure) -> RollupPlan.Kept {
        try HistoryMarks.kept(rows, zone: calendar.zone)
    }

    /// Looks through readings for young ones, where steps of the feed say that there are some; `nil` for none.
    private func marked(
        _ mark: RollupPlan.Fetch, _ rows: PostgresRows
    ) async throws(PostgresFailure) -> PostgresRows? {
        guard case .young = mark else { return rows }
        guard let young = try BucketFetch.YoungSpan(rows) else { return nil }
        return try await ask([young.statement(of: query.sensor)])[0]
    }

    private func take(
        _ rows: PostgresRows, of fetch: RollupPlan.Fetch, into plan: inout RollupPlan
    ) throws(PostgresFailure) {
        try BucketFetch.take(rows, of: fetch, usualUnit: query.sensor.unit, into: &plan)
    }

    private func statements(_ fetches: [RollupPlan.Fetch]) -> [PostgresStep] {
        fetches.map { BucketFetch.statement($0, of: query.sensor) }
    }

    private func ask(_ steps: [PostgresStep]) async throws(PostgresFailure) -> [PostgresRows] {
        try await link.transaction(steps, deadlineMilliseconds: PostgresHistoryStore.deadlineMilliseconds)
    }
}

extension RollupPlan.Fetch {
    /// Whether this one's answer holds the other's.
    fileprivate func covers(_ other: Self) -> Bool {
        let (spans, wanted): ([Range<UnixTime>], [Range<UnixTime>])
        switch (self, other) {
        case (.buckets(let mine, let mySpans), .buckets(let level, let others)):
            guard mine == level else { return false }
            (spans, wanted) = (mySpans, others)
        case (.samples(let mySpans), .samples(let others)): (spans, wanted) = (mySpans, others)
        default: return false
        }
        return wanted.allSatisfy { span in
            spans.contains { $0.lowerBound <= span.lowerBound && span.upperBound <= $0.upperBound }
        }
    }
}
