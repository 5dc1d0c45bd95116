import Testing
import TwinCore
import TwinRuntime

/// Two stores that answer as one.
@Suite struct TieredHistoryTests {
    private let sensor = SensorKey(gpio: GPIO(4)!, type: "ds18b20", address: .none)
    private let day = UnixTime(milliseconds: 1_790_000_040_000)

    private func time(_ minutes: Int64) -> UnixTime { day.advanced(byMilliseconds: minutes * 60_000) }

    /// Samples of minutes 0 to 9; the embedded store has removed those before minute 5.
    private func stores(olderIsAway: Bool = false, late: Int64? = nil) -> (PlainStore, PlainStore, TieredHistory) {
        let all = (0..<10).map { Int64($0) }
        let recent = PlainStore(
            number: 1, key: sensor, times: (all.filter { $0 >= 5 } + [late].compactMap(\.self)).map(time))
        recent.floor = time(5)
        let older = PlainStore(number: 77, key: sensor, times: all.map(time))
        older.isAway = olderIsAway
        return (recent, older, TieredHistory(recent: recent, older: older, calendar: .utc))
    }

    private func query(
        _ from: Int64?, _ to: Int64?, _ order: HistoryOrder = .oldestFirst, limit: Int = 100
    ) -> SampleQuery {
        SampleQuery(
            device: .first, gpio: sensor.gpio, type: nil, from: from.map(time), to: to.map(time), order: order,
            limit: limit)
    }

    private func minutes(_ samples: [StoredSample]) -> [Int64] {
        samples.map { ($0.sample.eventTime.milliseconds - day.milliseconds) / 60_000 }
    }

    @Test(arguments: [1, 4, 5, 6, 100]) func samplesComeOnceAndInOrder(_ limit: Int) async throws {
        let (_, _, history) = stores()
        let oldest = try await history.samples(query(nil, nil, .oldestFirst, limit: limit))
        #expect(minutes(oldest) == Array((0..<10).prefix(limit)))
        let newest = try await history.samples(query(nil, nil, .newestFirst, limit: limit))
        #expect(minutes(newest) == Array((0..<10).reversed().prefix(limit)))
        #expect(try await minutes(history.samples(query(3, 7))) == [3, 4, 5, 6])
    }

    @Test func whatTheEmbeddedStoreKeepsIsAnsweredWithoutTheOther() async throws {
        let (_, older, history) = stores(olderIsAway: true)
        #expect(try await minutes(history.samples(query(5, nil))) == [5, 6, 7, 8, 9])
        #expect(older.questions == 0)
        // Half an answer would look like a whole one.
        await #expect(throws: JournalFailure.self) { try await history.samples(query(4, nil)) }
    }

    @Test func aLateSampleThatWasNotFedYetIsThere() async throws {
        let (_, _, history) = stores(late: 2)
        #expect(try await minutes(history.samples(query(0, 5))) == [0, 1, 2, 3, 4])
        let (recent, older, _) = stores()
        recent.times.insert(time(2), at: 0)
        older.times.removeAll { $0 == time(2) }
        let tiered = TieredHistory(recent: recent, older: older, calendar: .utc)
        #expect(try await minutes(tiered.samples(query(0, 5))) == [0, 1, 2, 3, 4])
    }

    @Test func eachStoreIsAskedForItsOwnNumberAndABucketIsWhole() async throws {
        let (recent, older, history) = stores()
        let known = try #require(try await history.sensors(SensorQuery(device: .first)).first)
        let span = time(0)..<time(10)
        let buckets = try await history.buckets(BucketQuery(sensor: known, resolution: .minute, span: span))
        #expect(buckets.map(\.start) == (0..<10).map { time($0) })
        #expect(recent.numbersAsked == [1] && older.numbersAsked == [77])
    }

    @Test func aBucketOnBothSidesOfTheFloorIsMadeOfBoth() async throws {
        let (_, older, history) = stores()
        let known = try #require(try await history.sensors(SensorQuery(device: .first)).first)
        // What was measured last is not fed yet.
        older.times.removeAll { $0 >= time(8) }
        let hour = SiteCalendar.utc.bucket(.hour, containing: time(5))
        let query = BucketQuery(sensor: known, resolution: .hour, span: hour)
        let whole = try await history.buckets(query)
        #expect(whole.map(\.count) == [10] && whole.map(\.start) == [hour.lowerBound])
        #expect(whole.first?.first.time == time(0) && whole.first?.last.time == time(9))
    }

    @Test(arguments: HistoryOrder.allCases)
    func whatIsRemovedWhileTheOtherStoreIsWaitedForIsNotMissing(_ order: HistoryOrder) async throws {
        let (recent, older, history) = stores()
        older.onQuestion = {
            recent.floor = time(8)
            recent.times.removeAll { $0 < time(8) }
        }
        let found = try await minutes(history.samples(query(nil, nil, order)))
        #expect(found.sorted() == Array(0..<10))
        let (again, other, tiered) = stores()
        let known = try #require(try await tiered.sensors(SensorQuery(device: .first)).first)
        other.onQuestion = {
            again.floor = time(8)
            again.times.removeAll { $0 < time(8) }
        }
        let buckets = try await tiered.buckets(
            BucketQuery(sensor: known, resolution: .minute, span: time(0)..<time(10)))
        #expect(buckets.map(\.count).reduce(0, +) == 10)
    }

    @Test func aSensorThatTheEmbeddedStoreNeverKnewIsAnsweredByTheOther() async throws {
        let recent = PlainStore(number: 1, key: sensor, times: [])
        let older = PlainStore(number: 77, key: sensor, times: (0..<10).map { time($0) })
        let history = TieredHistory(recent: recent, older: older, calendar: .utc)
        let known = try #require(try await history.sensors(SensorQuery(device: .first)).first)
        let buckets = try await history.buckets(
            BucketQuery(sensor: known, resolution: .minute, span: time(0)..<time(3)))
        #expect(buckets.count == 3 && recent.numbersAsked.isEmpty)
        #expect(try await history.extent(of: known) == time(0)...time(9))
    }

    @Test func sensorsThatCameBeforeTheEmbeddedStoreBeganAreNamedToo() async throws {
        let recent = PlainStore(number: 1, key: sensor, times: [time(9)])
        let other = SensorKey(gpio: GPIO(5)!, type: "ph", address: .none)
        let older = PlainStore(number: 77, key: other, times: [time(1)])
        let history = TieredHistory(recent: recent, older: older, calendar: .utc)
        #expect(try await history.sensors(SensorQuery(device: .first)).map(\.key) == [sensor])
        #expect(older.questions == 0)
        recent.mayLackSensors = true
        #expect(try await history.sensors(SensorQuery(device: .first)).map(\.key) == [sensor, other])
        older.isAway = true
        #expect(try await history.sensors(SensorQuery(device: .first)).map(\.key) == [sensor])
        recent.times = []
        await #expect(throws: JournalFailure.self) { try await history.sensors(SensorQuery(device: .first)) }
    }

    @Test func aPageThatGoesOnBeyondTheFloorNeedsTheEmbeddedStoreAlone() async throws {
        let (_, older, history) = stores(olderIsAway: true)
        var page = query(nil, nil, .oldestFirst)
        page.after = SamplePlace(eventTime: time(6), sequence: 1)
        #expect(try await minutes(history.samples(page)) == [7, 8, 9])
        #expect(older.questions == 0)
        page.after = SamplePlace(eventTime: time(4), sequence: 1)
        await #expect(throws: JournalFailure.self) { try await history.samples(page) }
    }
}
