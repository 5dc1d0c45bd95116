import Testing
import TwinCore

/// A plan is carried out on times alone, and what it reads is compared with all there is.
@Suite struct WindowPlanTests {
    private static let berlin = SiteCalendar(
        zone: "Europe/Berlin", initialOffsetMilliseconds: 3_600_000,
        transitions: [.init(at: "2026-10-25T01:00:00Z", offsetMilliseconds: 3_600_000)])
    /// Days begin half an hour off the hours of UTC there.
    private static let kolkata = SiteCalendar(
        zone: "Asia/Kolkata", initialOffsetMilliseconds: 19_800_000, transitions: [])

    private func coarse(
        _ times: [UnixTime], in span: Range<UnixTime>, _ level: RollupLevel, _ calendar: SiteCalendar
    ) -> [Bucket] {
        var buckets: [Bucket] = []
        for time in times where span.contains(time) {
            let start = calendar.bucket(level.resolution, containing: time).lowerBound
            let point = Bucket.Point(time: time, value: 1)
            if buckets.last?.start == start {
                buckets[buckets.count - 1].add(point)
            } else {
                buckets.append(Bucket(start: start, unit: "°C", point))
            }
        }
        return buckets
    }

    /// What is read, and how many questions it takes to know.
    private func reads(
        _ times: [UnixTime], _ span: Range<UnixTime>, _ plan: WindowPlan
    ) -> (parts: [Range<UnixTime>], questions: Int) {
        var parts: [Range<UnixTime>] = []
        var questions = 0
        var steps = [plan.step(span)]
        while let step = steps.popLast() {
            questions += 1
            switch step {
            case .read(let part): parts.append(part)
            case .divide(let part, let level):
                let coarse = coarse(times, in: part, level, plan.calendar)
                steps += plan.steps(part, among: coarse, by: level).reversed()
            }
        }
        return (parts, questions)
    }

    @Test(arguments: Resolution.allCases, [1 as Int64, 1500])
    func partsHoldEveryValueOnceAndCutNoBucket(_ resolution: Resolution, minutes: Int64) {
        let first = "2016-02-03T04:05:06Z" as UnixTime
        var times: [UnixTime] = []
        var place = first
        for number in 0..<4000 as Range<Int64> {
            // Unsteady, and now and then half a year of nothing.
            let gap = number % 997 == 996 ? 180 * 1440 : 1 + (number &* 7919) % (2 * minutes)
            place = place.advanced(byMilliseconds: gap * 60_000)
            times.append(place)
        }
        let span = first.advanced(byMilliseconds: -777_777)..<place.advanced(byMilliseconds: 1)
        for calendar in [Self.berlin, Self.kolkata] {
            let plan = WindowPlan(calendar: calendar, resolution: resolution)
            let (parts, questions) = reads(times, span, plan)
            let starts = times.map { calendar.bucket(resolution, containing: $0).lowerBound }
            for (part, next) in zip(parts, parts.dropFirst()) { #expect(part.upperBound <= next.lowerBound) }
            for part in parts {
                for edge in [part.lowerBound, part.upperBound] where edge != span.lowerBound && edge != span.upperBound
                {
                    #expect(calendar.bucket(resolution, containing: edge).lowerBound == edge)
                }
                let found = zip(times, starts).filter { part.contains($0.0) }.map(\.1)
                #expect(Set(found).count <= WindowPlan.maximumBuckets + 2)
            }
            #expect(times.allSatisfy { time in parts.contains { $0.contains(time) } })
            #expect(questions <= 40, "\(questions) questions")
        }
    }

    @Test func aSpanThatFitsIsReadAtOnce() {
        let plan = WindowPlan(calendar: .utc, resolution: .minute)
        let day = "2026-01-01T00:00:00Z"..<"2026-01-02T00:00:00Z" as Range<UnixTime>
        #expect(plan.step(day) == .read(day))
        let year = "2026-01-01T00:00:00Z"..<"2027-01-01T00:00:00Z" as Range<UnixTime>
        #expect(plan.step(year) == .divide(year, by: .month))
    }
}
