import Testing
import TwinCore
import TwinRuntime

@testable import Gateway

@Suite("Histories in buckets, against a computation the long way", .timeLimit(.minutes(4)))
struct SeriesTests {
    private static let resolutions: [Resolution] = [.quarterHour, .hour, .sixHours, .day, .week, .month]
    private static let aggregates = ["avg", "min", "max", "sum", "first", "last", "stddev"]

    private func expectSame(_ items: [JSONValue], _ expected: [PlainSeries.Item], _ what: String) {
        #expect(items.map { $0["start"]?.asText } == expected.map(\.start.rfc3339), "\(what)")
        guard items.count == expected.count else { return }
        for (item, plain) in zip(items, expected) {
            #expect(item["unit"]?.asText == plain.unit && item["count"]?.asInteger == plain.values.count, "\(what)")
            #expect(item["filled"]?.asFlag == plain.values.isEmpty, "\(what)")
            for name in Self.aggregates {
                let (found, wanted) = (item[name]?.asNumber, plain.shown(name))
                let isSame =
                    switch (found, wanted) {
                    case (nil, nil): true
                    case (let found?, let wanted?): abs(found - wanted) <= 1e-9 * max(1, abs(wanted))
                    default: false
                    }
                #expect(isSame, "\(what): \(name) of \(item.text), expected \(String(describing: wanted))")
            }
        }
    }

    /// Over the end of summer time, with gaps, late rows, equal times, faults and changes of the unit.
    @Test(arguments: [UInt64](1...8)) func allPagesTogetherAreWhatTheSamplesSay(seed: UInt64) async throws {
        var dice = Dice(seed)
        let store = FakeHistory(calendar: Cellar.berlin)
        let start = Cellar.time("2026-10-20T05:13:00Z")
        store.store(Cellar.unsteady(&dice, from: start, count: 300), of: Cellar.probe)
        let plain = PlainSeries(samples: store.seen.stored, calendar: Cellar.berlin)
        var cases: [(Resolution, Fill, HistoryOrder, Range<UnixTime>, Int)] = []
        for _ in 0..<8 {
            let from = start.advanced(byMilliseconds: Int64(dice.roll(400_000_000)) - 20_000_000)
            let to = from.advanced(byMilliseconds: Int64(dice.roll(600_000_000)))
            cases.append(
                (
                    dice.pick(Self.resolutions), dice.pick(Fill.allCases), dice.pick(HistoryOrder.allCases), from..<to,
                    dice.pick([3, 50, 1000])
                ))
        }
        try await converse(Cellar.twins(store)) { [cases] gateway async throws in
            for (resolution, fill, order, span, limit) in cases {
                let query =
                    "resolution=\(resolution.rawValue)&fill=\(fill.rawValue)&order=\(order.rawValue)"
                    + "&from=\(span.lowerBound.rfc3339)&to=\(span.upperBound.rfc3339)"
                let found = try await gateway.pages("\(Cellar.path)/history?\(query)", limit: limit)
                let expected = plain.filled(fill, resolution, in: span)
                expectSame(
                    found.items, order == .oldestFirst ? expected : expected.reversed(), "\(query)&limit=\(limit)")
            }
        }
    }

    /// Whatever the page, the order and the moving average: the pages are parts of one answer.
    @Test(arguments: [UInt64](1...3)) func pagesNeitherRepeatNorSkipNorChangeAnything(seed: UInt64) async throws {
        var dice = Dice(seed)
        let store = FakeHistory(calendar: Cellar.berlin)
        let samples = Cellar.unsteady(&dice, from: Cellar.time("2026-10-22T05:13:00Z"), count: 80)
        store.store(samples, of: Cellar.probe)
        let limits = [1 + dice.roll(3), 5 + dice.roll(40)]
        let smooths = ["", "&smooth=1", "&smooth=\(2 + dice.roll(12))"]
        try await converse(Cellar.twins(store)) { gateway async throws in
            for what in ["raw", "1h&fill=none", "1h&fill=linear", "1d"] {
                for smooth in smooths {
                    let path = "\(Cellar.path)/history?resolution=\(what)\(smooth)"
                    let forward = try await gateway.pages("\(path)&order=asc", limit: 5000)
                    #expect(forward.pages.count == 1 && !forward.items.isEmpty)
                    let backward = try await gateway.pages(path, limit: 5000).items
                    #expect(backward == forward.items.reversed(), "\(what)\(smooth)")
                    for limit in limits {
                        let parts = try await gateway.pages("\(path)&order=asc", limit: limit)
                        #expect(parts.items == forward.items, "\(what)\(smooth) by \(limit)")
                        #expect(try await gateway.pages(path, limit: limit).items == backward, "\(what)\(smooth)")
                    }
                }
            }
        }
    }

    @Test func smoothedIsTheMeanOverTheItemAndThoseBeforeItInItsUnit() async throws {
        let store = FakeHistory()
        let start = Cellar.time("2026-05-01T00:00:00Z")
        let values: [(Double?, String)] = [(1, "°C"), (3, "°C"), (nil, "°C"), (8, "°C"), (50, "°F"), (4, "°C")]
        store.store(
            values.enumerated().map {
                Cellar.sample(
                    start.advanced(byMilliseconds: Int64($0.offset) * 60_000), $0.element.0, unit: $0.element.1)
            }, of: Cellar.probe)
        try await converse(Cellar.twins(store)) { gateway async throws in
            let answer = try await gateway.get("\(Cellar.path)/history?smooth=3&order=asc").json
            #expect(answer["smooth"]?.text == #"{"items":3,"of":"value"}"#)
            #expect(answer["unit"] == .null)
            guard case .array(let items)? = answer["items"] else { return }
            #expect(items.map { $0["smoothed"]?.asNumber } == [1, 2, nil, 5.5, 50, 6])
            let most = try await gateway.get("\(Cellar.path)/history?resolution=1m&aggregate=max,avg&smooth=2").json
            #expect(most["smooth"]?.text == #"{"items":2,"of":"max"}"#)
            #expect(most.at("items.0")?.names.contains("min") == false)
        }
    }
}
