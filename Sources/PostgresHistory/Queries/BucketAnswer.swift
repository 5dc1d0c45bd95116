import TwinCore
import TwinRuntime

/// The way of a question about buckets: one round trip where the rollups are current, one or two more where not.
///
/// What a plan fetches if nothing is stale is fetched at once, together with what tells whether something is. The order
/// of the statements makes that right: the feed's steps are read before the marks, and the marks before the values, so
/// what a round of rollups does in between is seen by all that is read behind it.
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
        let answers = try await ask([.statement(HistoryMarks.keptStatement)] + statements(marks + guesses))
        var plan = RollupPlan(
            query.resolution, over: query.span, calendar: calendar, kept: try HistoryMarks.kept(answers[0]))
        for (mark, rows) in zip(plan.next(), answers.dropFirst()) {
            guard let rows = try await marked(mark, rows) else { continue }
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
        for (fetch, rows) in zip(missing, try await ask(statements(missing))) {
            try take(rows, of: fetch, into: &plan)
        }
        return plan.buckets
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
