import Testing
import TwinCore

@testable import SQLiteJournal

@Suite struct `The event times of readings that no rollup knows` {
    private func entries(_ sequences: ClosedRange<Int64>, _ events: (Int64) -> Int64) -> [HistoryBacklog.Entry] {
        sequences.map { HistoryBacklog.Entry(sensor: 1, event: events($0), sequence: $0) }
    }

    private func overlap(_ young: YoungTimes, _ from: Int64, _ to: Int64) -> Bool {
        young.overlap(UnixTime(milliseconds: from), UnixTime(milliseconds: to))
    }

    @Test func `are between the earliest and the latest, and the end of a question is exclusive`() {
        let young = YoungTimes(rolled: 0, known: 0)
        #expect(!overlap(young, .min, .max))
        young.note(entries(1...10) { 1000 + $0 % 5 })
        #expect(overlap(young, 1004, 2000) && overlap(young, 0, 1001))
        #expect(!overlap(young, 1005, 2000) && !overlap(young, 0, 1000))
    }

    @Test func `are unknown of what earlier runs left behind the rollups`() {
        let young = YoungTimes(rolled: 5, known: 9)
        #expect(overlap(young, 0, 1))
        young.note(entries(10...12) { $0 })
        young.forget(through: 8)
        #expect(overlap(young, 0, 1))
        young.forget(through: 9)
        #expect(!overlap(young, 0, 1) && overlap(young, 10, 11))
    }

    @Test func `are forgotten a stretch at a time, never before all of it is rolled`() {
        let young = YoungTimes(rolled: 0, known: 0)
        let stretch = Int64(YoungTimes.readingsPerStretch)
        young.note(entries(1...stretch) { _ in 100 })
        young.note(entries(stretch + 1...stretch + 2) { _ in 200 })
        young.forget(through: stretch - 1)
        #expect(overlap(young, 100, 101))
        young.forget(through: stretch)
        #expect(!overlap(young, 100, 101) && overlap(young, 200, 201))
    }

    @Test func `stay bounded while nothing is rolled, and none is lost`() {
        let young = YoungTimes(rolled: 0, known: 0)
        let stretch = Int64(YoungTimes.readingsPerStretch)
        let count = Int64(YoungTimes.maximumStretches) + 3
        for number in 0..<count {
            // The first and the last of a full stretch say all that counts here.
            young.note(entries(number * stretch + 1...(number + 1) * stretch) { _ in number * 10 })
        }
        for number in 0..<count { #expect(overlap(young, number * 10, number * 10 + 1)) }
        young.forget(through: count * stretch - 1)
        #expect(overlap(young, (count - 1) * 10, count * 10))
        young.forget(through: count * stretch)
        #expect(!overlap(young, .min, .max))
    }
}
