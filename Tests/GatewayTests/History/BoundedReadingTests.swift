import HummingbirdCore
import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("How much is asked of the store", .timeLimit(.minutes(4)))
struct BoundedReadingTests {
    private func store(every milliseconds: Int64, count: Int) -> FakeHistory {
        let store = FakeHistory(calendar: Cellar.berlin)
        let start = Cellar.time("2016-01-01T00:00:30Z")
        store.store(
            (0..<count).map {
                Cellar.sample(start.advanced(byMilliseconds: Int64($0) * milliseconds), Double($0 % 17))
            }, of: Cellar.probe)
        return store
    }

    @Test(arguments: ["none", "locf"], ["asc", "desc"])
    func aValueAMonthAtAMinuteTakesFewQuestions(fill: String, order: String) async throws {
        let store = store(every: 30 * 86_400_000, count: 120)
        try await converse(Cellar.twins(store)) { gateway async throws in
            let path = "\(Cellar.path)/history?resolution=1m&fill=\(fill)&order=\(order)&limit=200"
            let answer = try await gateway.get(path).json
            guard case .array(let items)? = answer["items"] else { return }
            #expect(items.count == (fill == "none" ? 120 : 200))
        }
        #expect(store.seen.bucketQueries.count <= 8)
        #expect(store.seen.largestAnswer <= WindowPlan.maximumBuckets + 2)
    }

    @Test func densestValuesAreReadInPartsThatFit() async throws {
        let store = store(every: 60_000, count: 6 * 1440)
        try await converse(Cellar.twins(store)) { gateway async throws in
            let path = "\(Cellar.path)/history?resolution=1m&order=asc"
            #expect(try await gateway.pages(path, limit: 5000).items.count == 6 * 1440)
        }
        #expect(store.seen.largestAnswer <= WindowPlan.maximumBuckets + 2)
        #expect(store.seen.bucketQueries.count <= 20)
    }

    @Test func aPageThatFitsIsOneQuestion() async throws {
        let store = store(every: 3_600_000, count: 720)
        try await converse(Cellar.twins(store)) { gateway async throws in
            let path = "\(Cellar.path)/history?resolution=1h&from=2016-01-01T00:00:00Z&to=2016-01-31T00:00:00Z"
            let answer = try await gateway.get(path).json
            #expect(answer.at("items.719") != nil && answer["next_cursor"] == .null)
        }
        #expect(store.seen.bucketQueries.count == 1)
    }

    @Test func aDownloadIsReadAsTheClientTakesIt() async throws {
        let store = EndlessHistory(count: 50_000)
        var asked = try BodyReader(.object([]), known: [])
        let plan = try await HistoryPlan(
            SeriesRequest(device: Cellar.device, gpio: GPIO(4)!, &asked), HistoryQuestion(&asked, isDownload: true),
            of: Cellar.view(), in: store)
        let seats = WatcherSeats(1)
        let seat = try #require(seats.take())
        let download = Download(plan: plan, form: .csv, seat: seat, logger: .silent, requestID: "r")
        let writer = CountingWriter(store: store)
        try await download.response().body.write(writer)
        #expect(writer.seen.rows == 50_001)
        #expect(writer.seen.isFinished)
        #expect(writer.seen.largestLead <= 2, "the store was asked ahead of the client")
        #expect(writer.seen.largestPart < 1_000_000)
        #expect(store.asked > 20)
    }
}
