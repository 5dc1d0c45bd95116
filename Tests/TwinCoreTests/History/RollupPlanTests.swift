import HistoryExamples
import Testing
import TwinCore

/// What a plan fetches, and what it makes of it.
@Suite struct RollupPlanTests {
    private static let berlin = SiteCalendar(
        zone: "Europe/Berlin", initialOffsetMilliseconds: 7_200_000,
        transitions: [.init(at: "2026-10-25T01:00:00Z", offsetMilliseconds: 3_600_000)])

    @Test func whatLiesWithinTheSpanAsAWholeIsTakenFromItsOwnLevel() {
        let store = PlanStore(.utc)
        #expect(
            store.fetches(.day, "2026-11-01T00:00:00Z"..<"2026-11-04T00:00:00Z") == [
                "young 2026-11-01T00:00:00Z..<2026-11-04T00:00:00Z · stale day · stale hour · stale minute",
                "day 2026-11-01T00:00:00Z..<2026-11-04T00:00:00Z",
            ])
    }

    @Test func edgesAreTakenFromTheLevelsBelowDownToSamples() {
        let store = PlanStore(.utc)
        #expect(
            store.fetches(.day, "2026-11-01T22:58:30Z"..<"2026-11-04T01:00:00.001Z").last == """
                day 2026-11-02T00:00:00Z..<2026-11-04T00:00:00Z · \
                hour 2026-11-01T23:00:00Z..<2026-11-02T00:00:00Z, 2026-11-04T00:00:00Z..<2026-11-04T01:00:00Z · \
                minute 2026-11-01T22:59:00Z..<2026-11-01T23:00:00Z · \
                samples 2026-11-01T22:58:30Z..<2026-11-01T22:59:00Z, 2026-11-04T01:00:00Z..<2026-11-04T01:00:00.001Z
                """)
    }

    @Test func aStaleBucketAndOneWithAYoungValueAreTakenFromBelow() {
        var store = PlanStore(.utc)
        store.stale = [.day: ["2026-11-02T00:00:00Z"]]
        store.young = ["2026-11-03T12:34:56Z"]
        #expect(
            store.fetches(.day, "2026-11-01T00:00:00Z"..<"2026-11-05T00:00:00Z").last == """
                day 2026-11-01T00:00:00Z..<2026-11-02T00:00:00Z, 2026-11-04T00:00:00Z..<2026-11-05T00:00:00Z · \
                hour 2026-11-02T00:00:00Z..<2026-11-03T12:00:00Z, 2026-11-03T13:00:00Z..<2026-11-04T00:00:00Z · \
                minute 2026-11-03T12:00:00Z..<2026-11-03T12:34:00Z, 2026-11-03T12:35:00Z..<2026-11-03T13:00:00Z · \
                samples 2026-11-03T12:34:00Z..<2026-11-03T12:35:00Z
                """)
    }

    @Test func daysThatDoNotBeginWithAnHourHaveMinutesAtTheirEnds() {
        var store = PlanStore(HistoryExamples.zones[1].calendar)
        store.stale = [.day: ["2026-11-01T18:30:00Z"]]
        #expect(
            store.fetches(.day, "2026-11-01T18:30:00Z"..<"2026-11-02T18:30:00Z").last == """
                hour 2026-11-01T19:00:00Z..<2026-11-02T18:00:00Z · \
                minute 2026-11-01T18:30:00Z..<2026-11-01T19:00:00Z, 2026-11-02T18:00:00Z..<2026-11-02T18:30:00Z
                """)
    }

    @Test func anHourInWhichADayBeginsStandsForNeitherDay() {
        var store = PlanStore(HistoryExamples.zones[1].calendar)
        store.stale = [.day: ["2026-11-01T18:30:00Z", "2026-11-02T18:30:00Z"]]
        #expect(
            store.fetches(.day, "2026-11-01T18:30:00Z"..<"2026-11-03T18:30:00Z").last == """
                hour 2026-11-01T19:00:00Z..<2026-11-02T18:00:00Z, 2026-11-02T19:00:00Z..<2026-11-03T18:00:00Z · \
                minute 2026-11-01T18:30:00Z..<2026-11-01T19:00:00Z, 2026-11-02T18:00:00Z..<2026-11-02T19:00:00Z, \
                2026-11-03T18:00:00Z..<2026-11-03T18:30:00Z
                """)
    }

    @Test func whatWasRemovedIsNotMadeAgain() {
        var store = PlanStore(.utc)
        store.kept = .init(readingsFrom: "2026-11-02T00:10:30Z", rollupsFrom: "2026-11-01T12:30:00Z")
        store.stale = [.minute: ["2026-11-02T00:09:00Z", "2026-11-02T00:10:00Z", "2026-11-02T00:11:00Z"]]
        store.young = ["2026-11-02T00:10:01Z"]
        // The day is there from its middle on; minutes of removed samples stay, whatever came late for them.
        #expect(
            store.fetches(.day, "2026-11-01T00:00:00Z"..<"2026-11-02T00:00:00Z").last == """
                hour 2026-11-01T13:00:00Z..<2026-11-02T00:00:00Z · \
                minute 2026-11-01T12:30:00Z..<2026-11-01T13:00:00Z · \
                samples 2026-11-01T00:00:00Z..<2026-11-01T12:30:00Z
                """)
        #expect(
            store.fetches(.minute, "2026-11-02T00:00:00Z"..<"2026-11-02T01:00:00Z").last == """
                minute 2026-11-02T00:00:00Z..<2026-11-02T00:11:00Z, 2026-11-02T00:12:00Z..<2026-11-02T01:00:00Z · \
                samples 2026-11-02T00:11:00Z..<2026-11-02T00:12:00Z
                """)
    }

    @Test func nothingIsFetchedForAnEmptySpan() {
        let store = PlanStore(.utc)
        #expect(store.fetches(.month, "2026-11-01T00:00:00Z"..<"2026-11-01T00:00:00Z") == [])
    }

    @Test func anyNumberOfYearsIsPlannedAtOnce() {
        let store = PlanStore(Self.berlin)
        let all = UnixTime(milliseconds: .min)..<UnixTime(milliseconds: .max)
        for resolution in Resolution.allCases { #expect(store.fetches(resolution, all).count == 2) }
    }

    /// What is stored of a stale bucket is far off, so that whoever takes it is found out.
    @Test(arguments: HistoryExamples.zones) func answersAreRightWhateverIsStale(_ zone: HistoryExamples.Zone) {
        let examples = HistoryExamples(seed: 3, zone.calendar, around: zone.moment, samplesPerSeries: 700)
        var random = SplitMix64(17)
        let all = examples.batches.count
        for share in [0, 3, 20] {
            for index in examples.series.indices {
                var store = PlanStore(zone.calendar)
                store.fill(examples, index, &random, stalePercent: share)
                for question in examples.questions where question.series == index {
                    var plan = RollupPlan(question.resolution, over: question.span, calendar: zone.calendar)
                    #expect(store.complete(&plan).count <= 2)
                    let right = examples.answer(question, afterBatches: all)
                    let difference = HistoryExamples.difference(of: plan.buckets, from: right)
                    #expect(difference == nil, "\(question), \(share) % stale")
                }
            }
        }
    }

    @Test func aBucketIsMadeOfTheLevelBelow() {
        let store = PlanStore(Self.berlin)
        var plan = RollupPlan(making: .day, containing: "2026-10-25T12:00:00Z", calendar: Self.berlin)
        #expect(
            store.complete(&plan) == [
                "young 2026-10-24T22:00:00Z..<2026-10-25T23:00:00Z · stale hour · stale minute",
                "hour 2026-10-24T22:00:00Z..<2026-10-25T23:00:00Z",
            ])
        var minute = RollupPlan(making: .minute, containing: "2026-10-25T12:00:30Z", calendar: Self.berlin)
        #expect(store.complete(&minute).last == "samples 2026-10-25T12:00:00Z..<2026-10-25T12:01:00Z")
    }

    @Test func valuesTooLargeToBeSquaredAreNoPartOfAMean() {
        #expect(Bucket.Point(time: "2026-10-25T12:00:30Z", value: 1e300, .good) == nil)
        #expect(Bucket.Point(time: "2026-10-25T12:00:30Z", value: .nan, .good) == nil)
        #expect(Bucket.Point(time: "2026-10-25T12:00:30Z", value: -1e139, .good) != nil)
        #expect(Bucket.Point(time: "2026-10-25T12:00:30Z", value: 1, .critical) == nil)
    }
}
