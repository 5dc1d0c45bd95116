import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

@Suite struct `Samples from PostgreSQL` {
    private static let device = DeviceID("ESP_00000A")!
    private static let pin = GPIO(4)!
    private static let one = SensorKey(gpio: pin, type: "a\u{0}b\\0", address: .none)
    private static let other = SensorKey(gpio: pin, type: "b", address: .oneWire("28AA11BB22CC33D4"))

    private static func sample(_ milliseconds: Int64, _ digest: UInt64, unit: String = "°C") -> Sample {
        let time = UnixTime(milliseconds: 1_790_000_000_000 + milliseconds)
        return Sample(
            raw: Double(milliseconds), value: Double(digest), unit: unit, quality: .good, eventTime: time,
            receiptTime: time.advanced(byMilliseconds: 40), claimedTime: time, digest: digest, isTimely: true)
    }

    /// Samples in which everything differs from the usual.
    private static let unusual = [
        Sample(
            raw: -.leastNonzeroMagnitude, value: nil, unit: "\u{0}\\", quality: .error, eventTime: at(-5),
            receiptTime: at(99), claimedTime: UnixTime(milliseconds: .min), digest: 1 << 63, errorCode: -7,
            isTimely: false, reportedQuality: .poor, model: ModelStamp(version: .max, calibration: .max),
            companionCelsius: -0.5),
        Sample(
            raw: 0.1 + 0.2, value: .infinity, unit: "", quality: .stale, eventTime: at(7), receiptTime: at(7),
            claimedTime: UnixTime(milliseconds: .max), digest: .max, errorCode: .max, isTimely: true,
            model: ModelStamp(version: 1, calibration: 0)),
    ]

    private static func at(_ milliseconds: Int64) -> UnixTime {
        UnixTime(milliseconds: 1_790_000_000_000 + milliseconds)
    }

    private func query(
        _ order: HistoryOrder = .newestFirst, from: UnixTime? = nil, to: UnixTime? = nil, type: String? = nil,
        after: SamplePlace? = nil, limit: Int = 100
    ) -> SampleQuery {
        SampleQuery(
            device: Self.device, gpio: Self.pin, type: type, from: from, to: to, order: order, after: after,
            limit: limit)
    }

    @Test func `come back as they went`() async throws {
        try await withHistory { link in
            let store = PostgresHistoryStore(link, calendar: .utc, deadLettersFrom: NoLetters())
            let samples = [Self.sample(1, 1)] + Self.unusual
            try await ExampleFeed(link).store(samples.map { (Self.device, Self.one, $0) })
            let found = try await store.samples(query(.oldestFirst))
            #expect(found.map(\.sample) == samples.sorted { $0.eventTime < $1.eventTime })
            #expect(found.allSatisfy { $0.sensor.key == Self.one && $0.sensor.unit == "°C" })
            let extent = try await store.extent(of: found[0].sensor)
            #expect(extent == Self.at(-5)...Self.at(7))
        }
    }

    @Test func `are stored once, however often they come`() async throws {
        try await withHistory { link in
            let store = PostgresHistoryStore(link, calendar: .utc, deadLettersFrom: NoLetters())
            let feed = ExampleFeed(link)
            for _ in 0..<3 { try await feed.store((1...5).map { (Self.device, Self.one, Self.sample($0, 1)) }) }
            let found = try await store.samples(query(.oldestFirst))
            #expect(found.map(\.place.number) == [1, 2, 3, 4, 5])
        }
    }

    @Test(arguments: HistoryOrder.allCases, [1, 2, 3, 7, 100])
    func `of several sensors come page by page`(order: HistoryOrder, limit: Int) async throws {
        try await withHistory { link in
            let store = PostgresHistoryStore(link, calendar: .utc, deadLettersFrom: NoLetters())
            // Days apart, so that pages go over partitions; several at one time.
            let times: [Int64] = [0, 1, 1, 1, 2, 86_400_000, 86_400_000, 172_800_000]
            try await ExampleFeed(link).store(
                times.enumerated().map { number, time in
                    (Self.device, number % 2 == 0 ? Self.one : Self.other, Self.sample(time, UInt64(number)))
                })
            var pages: [StoredSample] = []
            var after: SamplePlace?
            while true {
                let page = try await store.samples(query(order, after: after, limit: limit))
                #expect(page.count <= limit)
                guard let last = page.last else { break }
                pages += page
                after = last.place
            }
            let sequences = Array(UInt64(1)...8)
            #expect(pages.map(\.place.number) == (order == .oldestFirst ? sequences : sequences.reversed()))
            let some = try await store.samples(
                query(order, from: Self.at(1), to: Self.at(86_400_000), type: "b", limit: limit))
            #expect(some.allSatisfy { $0.sensor.key == Self.other })
            #expect(Set(some.map(\.place.number)).isSubset(of: [2, 4]) && some.count == min(2, limit))
        }
    }

    @Test(arguments: HistoryOrder.allCases)
    func `of two journals come once, also where they have the same time and number`(order: HistoryOrder) async throws {
        try await withHistory { link in
            let store = PostgresHistoryStore(link, calendar: .utc, deadLettersFrom: NoLetters())
            try await ExampleFeed(link).store((1...6).map { (Self.device, Self.one, Self.sample(1, $0)) })
            _ = try await link.query(
                "UPDATE sensor_readings SET position = position - 3 + (2::bigint << 40) WHERE position > 3")
            var (pages, after): ([StoredSample], SamplePlace?) = ([], nil)
            while let last = try await store.samples(query(order, after: after, limit: 1)).last {
                pages.append(last)
                after = last.place
                guard pages.count < 10 else { break }
            }
            let digests: [UInt64] = [1, 4, 2, 5, 3, 6]
            #expect(pages.map(\.sample.digest) == (order == .oldestFirst ? digests : digests.reversed()))
            let including = try await store.samples(query(.newestFirst, after: pages[2].place.next, limit: 1))
            #expect(including == [pages[2]])
        }
    }

    @Test func `of nobody are none`() async throws {
        try await withHistory { link in
            let store = PostgresHistoryStore(link, calendar: .utc, deadLettersFrom: NoLetters())
            #expect(try await store.samples(query()).isEmpty)
            #expect(try await store.sensors(SensorQuery(device: Self.device)).isEmpty)
            let command = try await store.command(CommandID("none"))
            #expect(command == nil)
        }
    }
}
