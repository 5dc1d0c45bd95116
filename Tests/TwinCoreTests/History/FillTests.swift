import Testing
import TwinCore

@Suite struct FillTests {
    private let slots = SiteCalendar.utc.buckets(
        .hour, in: "2026-01-01T00:00:00Z"..<"2026-01-01T08:00:00Z", atMost: 100, fromEnd: false)

    private func item(_ hour: Int, _ values: [Double], unit: String = "°C") -> SeriesItem {
        let start = UnixTime(milliseconds: slots[0].lowerBound.milliseconds + Int64(hour) * 3_600_000)
        var bucket = Bucket(start: start, unit: unit, Bucket.Point(time: start, value: values[0]))
        for (index, value) in values.enumerated().dropFirst() {
            bucket.add(Bucket.Point(time: start.advanced(byMilliseconds: Int64(index)), value: value))
        }
        return SeriesItem(bucket, span: start..<start.advanced(byMilliseconds: 3_600_000))
    }

    /// Each item as hour, mean, last value and count.
    private func words(_ items: [SeriesItem]) -> [String] {
        items.map { item in
            let hour = (item.span.lowerBound.milliseconds - slots[0].lowerBound.milliseconds) / 3_600_000
            return "\(hour): \(item.mean ?? -1) \(item.last ?? -1) \(item.unit) \(item.count)"
        }
    }

    @Test func carriedIsWhatWasThereBeforeAndNothingBeforeTheFirstOrAfterTheLast() {
        let known = [item(1, [10, 30]), item(4, [5])]
        #expect(
            words(Fill.carried.filled(known, in: slots, before: nil, after: nil)) == [
                "1: 20.0 30.0 °C 2", "2: 20.0 30.0 °C 0", "3: 20.0 30.0 °C 0", "4: 5.0 5.0 °C 1",
            ])
    }

    @Test func linearIsAStraightLineBetweenNeighboursAlsoThoseOutside() {
        let known = [item(2, [20])]
        #expect(
            words(Fill.linear.filled(known, in: slots, before: item(-2, [0]), after: item(10, [100]))) == [
                "0: 10.0 -1.0 °C 0", "1: 15.0 -1.0 °C 0", "2: 20.0 20.0 °C 1", "3: 30.0 -1.0 °C 0",
                "4: 40.0 -1.0 °C 0", "5: 50.0 -1.0 °C 0", "6: 60.0 -1.0 °C 0", "7: 70.0 -1.0 °C 0",
            ])
    }

    @Test(arguments: [Fill.carried, .linear]) func nothingCrossesAChangeOfUnit(_ fill: Fill) {
        var later = item(3, [50], unit: "°F")
        later.lastTime = later.lastTime?.advanced(byMilliseconds: 1)
        later.firstTime = later.lastTime
        let known = [item(1, [1]), item(3, [1]), later, item(5, [50], unit: "°F"), item(7, [2])]
        let hours = words(fill.filled(known, in: slots, before: nil, after: nil)).map { $0.prefix(1) }
        #expect(hours == ["1", "2", "3", "3", "4", "5", "7"])
        #expect(fill.filled([item(1, [1]), item(3, [9], unit: "°F")], in: slots, before: nil, after: nil).count == 2)
    }

    @Test func noFillIsNoFill() {
        #expect(Fill.none.filled([item(1, [1]), item(3, [1])], in: slots, before: nil, after: nil).count == 2)
    }

    @Test func aMovingAverageTrailsWithinItsUnit() {
        let items: [MovingAverage.Item] = [
            .init(1, unit: "a"), .init(3, unit: "a"), .init(nil, unit: "a"), .init(8, unit: "a"), .init(5, unit: "b"),
            .init(4, unit: "a"),
        ]
        #expect(MovingAverage.trailing(items, over: 3) == [1, 2, nil, 5.5, 5, 6])
        #expect(MovingAverage.trailing(items, over: 1) == [1, 3, nil, 8, 5, 4])
    }

    @Test func theFinestThatFitsIsFound() {
        let day = "2026-01-01T00:00:30Z"..<"2026-01-02T00:00:30Z" as Range<UnixTime>
        for (most, resolution) in [
            (1441, Resolution.minute), (1440, .fiveMinutes), (25, .hour), (24, .sixHours), (2, .day), (1, .week),
        ] {
            #expect(SiteCalendar.utc.finest(for: day, atMost: most) == resolution)
        }
        #expect(ResolutionChoice.words.allSatisfy { ResolutionChoice(word: $0)?.word == $0 })
        #expect(ResolutionChoice(word: "2h") == nil)
    }
}
