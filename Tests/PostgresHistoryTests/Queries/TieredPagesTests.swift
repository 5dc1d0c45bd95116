import EventLoop
import PostgresCluster
import Synchronization
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory
@testable import SQLiteJournal

/// Pages of a history, some of which PostgreSQL answers: its places begin elsewhere, since another journal came first.
@Suite struct `Pages over both stores` {
    private static let device = DeviceID("ESP_00000A")!
    private static let key = SensorKey(gpio: GPIO(34)!, type: "ph", address: .none)
    /// Several at one time, and that in the middle of pages.
    private static let times: [Int64] = [0, 1, 1, 1, 1, 1, 2, 2, 3]

    private static func at(_ second: Int64) -> UnixTime { UnixTime(milliseconds: 1_790_000_000_000 + second * 1_000) }

    private static func fact(_ number: Int) -> Fact {
        let time = at(times[number])
        let sample = Sample(
            raw: Double(number), value: 1, unit: "pH", quality: .good, eventTime: time, receiptTime: time,
            claimedTime: time, digest: UInt64(100 - number), isTimely: true)
        return Fact(
            device: device, moment: Moment(time: time, uptime: Uptime(milliseconds: 7)),
            event: .sensor(key, .sampled(sample)))
    }

    /// The values of all pages, where retention removes what is older than second 2 after one of them.
    private func values(
        _ order: HistoryOrder, limit: Int, removedAfterPage: Int, _ aging: AgingHistory, _ link: PostgresLink
    ) async throws -> [Int] {
        aging.floor = nil
        let older = PostgresHistoryStore(link, calendar: .utc, deadLettersFrom: NoLetters())
        let history = TieredHistory(recent: aging, older: older, calendar: .utc)
        var (found, after, pages): ([Int], SamplePlace?, Int) = ([], nil, 0)
        while pages < 20 {
            let page = try await history.samples(
                SampleQuery(
                    device: Self.device, gpio: Self.key.gpio, type: nil, from: nil, to: nil, order: order,
                    after: after, limit: limit))
            guard let last = page.last else { break }
            found += page.map { Int($0.sample.raw) }
            after = last.place
            pages += 1
            if pages == removedAfterPage { aging.floor = Self.at(2) }
        }
        return found
    }

    @Test(arguments: HistoryOrder.allCases)
    func `go on where the last one ended, though retention came in between`(order: HistoryOrder) async throws {
        try await withHistory { link in
            let loop = try EventLoop()
            loop.start()
            _ = try await link.query("INSERT INTO journals (journal_id) VALUES ('another that was fed before')")
            let fed = try FeedingJournal(on: loop)
            var batch = Batch(firstSequence: 1)
            batch.facts = Self.times.indices.map(Self.fact)
            try await fed.commit(batch)
            try await HistoryFeed(from: fed.journal, to: link, on: loop).bringAll { _ in }
            let base = try await link.query("SELECT min(position) FROM sensor_readings").wholeNumber(0, 0)
            #expect(base == (1 << 40) + 1)
            let aging = AgingHistory(fed.journal)
            let all = Array(Self.times.indices)
            for limit in 1...4 {
                for page in 0..<all.count {
                    let found = try await values(order, limit: limit, removedAfterPage: page, aging, link)
                    #expect(found == (order == .oldestFirst ? all : all.reversed()), "\(limit) a page, after \(page)")
                }
            }
            await fed.close()
            loop.stop()
            await Task.detached { loop.join() }.value
        }
    }
}

/// A journal of which retention has removed what is older than a moment.
private final class AgingHistory: HistoryStore, KeptHistory {
    private let journal: SQLiteJournal
    private let state = Mutex<UnixTime?>(nil)
    let calendar = SiteCalendar.utc

    init(_ journal: SQLiteJournal) { self.journal = journal }

    var floor: UnixTime? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    func keptFrom() async throws -> UnixTime? { floor }
    func knowsEverySensor() async throws -> Bool { true }
    func sensors(_ query: SensorQuery) async throws -> [StoredSensor] { try await journal.sensors(query) }

    func samples(_ query: SampleQuery) async throws -> [StoredSample] {
        var query = query
        if let floor { query.from = max(query.from ?? floor, floor) }
        return try await journal.samples(query)
    }

    func buckets(_ query: BucketQuery) async throws -> [Bucket] { try await journal.buckets(query) }
    func extent(of sensor: StoredSensor) async throws -> ClosedRange<UnixTime>? { try await journal.extent(of: sensor) }
    func command(_ id: CommandID) async throws -> CommandRecord? { nil }
    func deadLetters(limit: Int) async throws -> DeadLetterReport { DeadLetterReport(counts: [], items: []) }
}
