import Dispatch
import GRDB
import HistoryExamples
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// What the journal answers from rollups, against answers computed in the plainest way.
@Suite struct RollupTests {
    let folder = JournalFolder()

    private func options(_ calendar: SiteCalendar) -> JournalOptions {
        var options = JournalOptions()
        options.calendar = calendar
        options.readingsPerChunk = 300
        return options
    }

    /// Rounds are whole, cut off between two slices, followed by an end of the program, or left out.
    @Test(arguments: HistoryExamples.zones) func answersAreRightWheneverTheyAreAsked(
        _ zone: HistoryExamples.Zone
    ) async throws {
        let examples = HistoryExamples(seed: 5, zone.calendar, around: zone.moment)
        var random = SplitMix64(99)
        var journal = try folder.open(options(zone.calendar))
        var cutOff = 0
        for batch in examples.batches.indices {
            try await examples.store(batch..<batch + 1, in: journal)
            switch random.below(6) {
            case 0, 1: _ = try journal.roll(at: examples.time(batch))
            case 2:
                var slices = random.below(4)
                let round = Result {
                    try journal.roll(at: examples.time(batch)) {
                        slices -= 1
                        return slices >= 0
                    }
                }
                if case .failure = round { cutOff += 1 }
                if random.below(2) == 0 {
                    await journal.close()
                    journal = try folder.open(options(zone.calendar))
                }
            default: continue
            }
            let wrong = try await examples.wrong(journal, afterBatches: batch + 1, examples.some(23, from: batch))
            #expect(wrong == [], "after batch \(batch)")
        }
        #expect(cutOff > 2)
        let all = examples.batches.count
        #expect(try await examples.wrong(journal, afterBatches: all, examples.questions) == [])
        let receipt = try journal.roll(at: examples.end)
        #expect(receipt.coarser > 0)
        #expect(try await examples.wrong(journal, afterBatches: all, examples.questions) == [])
        #expect(try journal.roll(at: examples.end) == RollupReceipt())
        await journal.close()
    }

    @Test func roundsOfAnyCutsEndWithTheSameRows() async throws {
        let zone = HistoryExamples.zones[1]
        let examples = HistoryExamples(seed: 6, zone.calendar, around: zone.moment, samplesPerSeries: 600)
        var tables: [[Row]] = []
        for isCut in [false, true] {
            let folder = JournalFolder()
            try await folder.withJournal(options(zone.calendar)) { journal in
                try await examples.store(0..<examples.batches.count, in: journal)
                var (slices, limit) = (0, 0)
                var isDone = false
                while !isDone {
                    limit += 1
                    slices = 0
                    let round = Result {
                        try journal.roll(at: examples.end) {
                            slices += 1
                            return !isCut || slices <= limit
                        }
                    }
                    if case .success = round { isDone = true }
                }
                #expect(limit > 3 || !isCut)
                let rows = try journal.pool.read { try Row.fetchAll($0, sql: "SELECT * FROM rollups") }
                tables.append(rows)
            }
        }
        #expect(!tables[0].isEmpty && tables[0] == tables[1])
    }

    @Test func samplesComputedAgainAreRolledAgain() async throws {
        let zone = HistoryExamples.zones[0]
        let examples = HistoryExamples(seed: 7, zone.calendar, around: zone.moment)
        let all = examples.batches.count
        let from = zone.moment.advanced(byMilliseconds: -100_000_000)
        let to = zone.moment.advanced(byMilliseconds: 77_777_777)
        @Sendable func change(_ sample: Sample) -> Sample {
            var new = sample
            new.value = sample.value.map { $0 * 1.5 }
            return new
        }
        func changed(_ series: Int, _ sample: Sample) -> Sample {
            series == 1 && (from..<to).contains(sample.eventTime) ? change(sample) : sample
        }
        try await folder.withJournal(options(zone.calendar)) { journal in
            try await examples.store(0..<all, in: journal)
            _ = try journal.roll(at: examples.end)
            let query = RecomputationQuery(
                device: examples.series[1].device, sensor: examples.series[1].key, from: from, to: to,
                through: .max / 2)
            let receipt = try await journal.recompute(query, change)
            #expect(receipt.changed > 50)
            let noted = try await journal.pool.read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM changed_readings")
            }
            #expect(noted == receipt.changed)
            #expect(try await examples.wrong(journal, afterBatches: all, examples.questions, change: changed) == [])
            #expect(try journal.roll(at: examples.end).minutes > 0)
            #expect(try await examples.wrong(journal, afterBatches: all, examples.questions, change: changed) == [])
            let stale = try await journal.pool.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM stale_rollups") }
            #expect(stale == 0)
        }
    }

    @Test func aRoundDoesNotUndoWhatIsComputedAgainMeanwhile() async throws {
        let zone = HistoryExamples.zones[3]
        let examples = HistoryExamples(seed: 8, zone.calendar, around: zone.moment, samplesPerSeries: 300)
        let all = examples.batches.count
        try await folder.withJournal(options(zone.calendar)) { journal in
            try await examples.store(0..<all, in: journal)
            var slices = 0
            _ = try journal.roll(at: examples.end) {
                slices += 1
                // Between what the round has read and what it is about to write.
                try? journal.queue.sync {
                    try journal.write { try Self.changeSome(slices % 7, zone.calendar, $0) }
                }
                return true
            }
            #expect(slices > 3)
            try await journal.expectRollupsLikeSamples(examples)
            _ = try journal.roll(at: examples.end)
            try await journal.expectRollupsLikeSamples(examples)
        }
    }

    /// What computing samples again does to some of them.
    private static func changeSome(_ rest: Int, _ calendar: SiteCalendar, _ db: Database) throws {
        try db.inTransaction(.immediate) {
            try db.execute(sql: "UPDATE readings SET value = value + 1 WHERE sequence % 7 = ?", arguments: [rest])
            let rows = try Row.fetchAll(
                db, sql: "SELECT event_ms, sensor_id FROM readings WHERE sequence % 7 = ? ORDER BY 2, 1",
                arguments: [rest])
            var marking = StaleMarking(calendar)
            for row in rows { try marking.mark(UnixTime(milliseconds: row[0]), row[1], from: .minute, db) }
            return .commit
        }
    }

    @Test func anotherTimeZoneMakesDaysWeeksAndMonthsAgain() async throws {
        let all = HistoryExamples(seed: 9, .utc, around: HistoryExamples.zones[0].moment).batches.count
        for (number, zone) in [3, 1, 0].enumerated() {
            let calendar = HistoryExamples.zones[zone].calendar
            let examples = HistoryExamples(seed: 9, calendar, around: HistoryExamples.zones[0].moment)
            try await folder.withJournal(options(calendar)) { journal in
                if number == 0 { try await examples.store(0..<all, in: journal) }
                #expect(try await examples.wrong(journal, afterBatches: all, examples.some(3, from: number)) == [])
                #expect(try journal.roll(at: examples.end).coarser > 0)
                #expect(try await examples.wrong(journal, afterBatches: all, examples.some(3, from: number)) == [])
                #expect(try journal.roll(at: examples.end) == RollupReceipt())
            }
        }
    }

    @Test func whatIsRolledNeedsItsSamplesNoMore() async throws {
        let zone = HistoryExamples.zones[0]
        let examples = HistoryExamples(seed: 10, zone.calendar, around: zone.moment)
        let all = examples.batches.count
        try await folder.withJournal(options(zone.calendar)) { journal in
            try await examples.store(0..<all, in: journal)
            _ = try journal.roll(at: examples.end)
            let rolled = try await journal.pool.read { try Schema.mark(Schema.Mark.rolledThrough, $0) }
            try journal.change(
                """
                DELETE FROM readings WHERE sequence <= \(rolled); DELETE FROM history WHERE sequence <= \(rolled);
                UPDATE marks SET value = \(zone.moment.milliseconds) WHERE name = 'readings_from_ms';
                """)
            let whole = examples.questions.filter { question in
                [question.span.lowerBound, question.span.upperBound].allSatisfy {
                    zone.calendar.bucket(.minute, containing: $0).lowerBound == $0
                } && question.span.upperBound <= zone.moment
            }
            #expect(whole.count > 20)
            #expect(try await examples.wrong(journal, afterBatches: all, whole) == [])
            // A late row for a minute whose samples are gone must not become all there is of it.
            let late = Fact.sampled(
                .at(zone.moment.milliseconds - 1_790_000_000_000 - 86_400_000, digest: 7),
                by: examples.series[0].key, of: examples.series[0].device)
            let next = UInt64(examples.batches.map(\.count).reduce(0, +)) + 1
            try await journal.commit(Batch(from: next, [late]))
            for number in 0..<400 {
                try await journal.commit(Batch(from: next + 1 + UInt64(number), [.sampled(.at(Int64(number)))]))
            }
            _ = try journal.roll(at: examples.end)
            #expect(try await examples.wrong(journal, afterBatches: all, whole) == [])
            // Days stand for themselves: without minutes and hours, whole days are still known.
            try journal.change("DELETE FROM rollups WHERE level < 2")
            let days = whole.filter {
                $0.resolution.level >= .day
                    && zone.calendar.bucket(.day, containing: $0.span.lowerBound).lowerBound == $0.span.lowerBound
                    && zone.calendar.bucket(.day, containing: $0.span.upperBound).lowerBound == $0.span.upperBound
            }
            #expect(!days.isEmpty)
            #expect(try await examples.wrong(journal, afterBatches: all, days) == [])
        }
    }
}

extension SQLiteJournal {
    fileprivate func change(_ sql: String) throws { try queue.sync { try write { try $0.execute(sql: sql) } } }

    /// Every answer is what the stored samples say.
    fileprivate func expectRollupsLikeSamples(_ examples: HistoryExamples) async throws {
        for (index, series) in examples.series.enumerated() {
            let sensor = try #require(
                try await sensors(SensorQuery(device: series.device)).first { $0.key == series.key })
            for resolution in Resolution.allCases {
                let answer = try await buckets(BucketQuery(sensor: sensor, resolution: resolution, span: examples.span))
                var counts: [UnixTime: Int] = [:]
                var sums: [UnixTime: Double] = [:]
                var query = SampleQuery(
                    device: series.device, gpio: series.key.gpio, type: series.key.type, from: nil, to: nil,
                    order: .oldestFirst, limit: 1)
                query.limit = .max
                for stored in try await samples(query) {
                    guard let point = stored.sample.point else { continue }
                    let start = examples.calendar.bucket(resolution, containing: point.time).lowerBound
                    counts[start, default: 0] += 1
                    sums[start, default: 0] += point.value
                }
                for bucket in answer {
                    counts[bucket.start, default: 0] -= bucket.count
                    sums[bucket.start, default: 0] -= bucket.sum
                }
                #expect(counts.values.allSatisfy { $0 == 0 }, "series \(index), \(resolution)")
                #expect(sums.values.allSatisfy { abs($0) < 1e-5 }, "series \(index), \(resolution)")
            }
        }
    }
}
