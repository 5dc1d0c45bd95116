import EventLoop
import Foundation
import Logging
import PostgresCluster
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory

/// A journal that was fed once, and is read back.
@Suite struct JournalReaderTests {
    private func url() async throws -> String {
        let cluster = try await PostgresCluster.shared
        return try await cluster.url(cluster.makeDatabase())
    }

    /// Feeds everything of some journals, one after the other.
    private func withFed(
        _ sources: [FakeSource], batchRows: Int = 10, _ body: (PostgresLink, LinkRecorder) async throws -> Void
    ) async throws {
        try await withLink(try await url()) { link, recorder in
            for source in sources { try await bring(source, link, recorder, batchRows) }
            try await body(link, recorder)
        }
    }

    private func bring(_ source: FakeSource, _ link: PostgresLink, _ recorder: LinkRecorder, _ rows: Int) async throws {
        let feed = HistoryFeed(from: source, to: link, on: recorder.loop, batchRows: rows, logger: recorder.logger) {
            try await SchemaMigrator(link).migrate()
        }
        try await feed.bringAll { _ in }
    }

    private func reader(_ source: FakeSource, _ link: PostgresLink) async throws -> JournalReader {
        let journal = try #require(try await FedJournal.all(link).first { $0.id == source.id })
        return try await JournalReader(journal, link)
    }

    /// Everything in pieces of a few rows.
    private func pieces(_ reader: JournalReader, from start: CopyPlace = CopyPlace()) async throws -> [FeedBatch] {
        var (place, batches) = (start, [FeedBatch]())
        while let (batch, next) = try await reader.next(after: place, window: 7, records: 2) {
            batches.append(batch)
            place = next
            try #require(batches.count < 1_000, "it does not get on")
        }
        return batches
    }

    /// What is wrong with readings, compared with some of the source's; `nil` when nothing is.
    private func difference(
        _ batches: [FeedBatch], _ source: FakeSource, where isMeant: (UInt64) -> Bool = { _ in true }
    ) async throws -> String? {
        let expected = source.readings.filter { isMeant($0.sequence) }
        let found = batches.flatMap { batch in
            batch.readings.map { reading in (reading, batch.sensors.first { $0.number == reading.sensor }) }
        }
        guard found.count == expected.count else { return "\(found.count) readings instead of \(expected.count)" }
        for (given, (reading, sensor)) in zip(expected, found) {
            let own = try await source.sensors([given.sensor])[0]
            guard reading.sequence == given.sequence, reading.moment == given.moment, reading.sample == given.sample,
                sensor?.key == own.key, sensor?.device == own.device
            else { return "\(reading) instead of \(given)" }
        }
        return nil
    }

    @Test func `comes back with every row, from wherever it is asked on`() async throws {
        let source = FakeSource()
        source.addReadings(33)
        let body = String(decoding: try JSONEncoder().encode(Event.device(.cameOnline)), as: UTF8.self)
        source.addFact(body: body)
        source.addFact(body: body, hash: [UInt8](repeating: 7, count: 32))
        source.addReadings(12)
        for number in 0..<5 { source.put(CommandRecord.example("c\(number)")) }
        try await withFed([source]) { link, _ in
            let reader = try await reader(source, link)
            let batches = try await pieces(reader)
            #expect(try await difference(batches, source) == nil)
            let facts = batches.flatMap(\.facts)
            #expect(facts.map(\.sequence) == [34, 35] && facts.map(\.body) == [body, body])
            #expect(facts.map { $0.safetyHash?.count } == [nil, 32])
            #expect(batches.flatMap(\.commands).map(\.order.id.description) == (0..<5).map { "c\($0)" })
            #expect(batches.allSatisfy { $0.readings.count <= 7 && $0.commands.count <= 2 })

            var place = CopyPlace()
            place.sequence = 20
            let rest = try await pieces(reader, from: place)
            #expect(try await difference(rest, source, where: { $0 > 20 }) == nil)
            let counts = try await reader.counts(readingsFrom: UnixTime(milliseconds: 0))
            #expect(counts.readings == 45 && counts.events == 1 && counts.safetyRecords == 1 && counts.commands == 5)
            #expect(try await reader.origin().anchor == FakeSource.anchor)
        }
    }

    @Test func `comes back with what samples were before they were computed again`() async throws {
        let source = FakeSource()
        source.addReadings(12)
        let before = source.readings
        try await withFed([source]) { link, recorder in
            source.recompute({ $0 * 3 }) { $0 % 2 == 0 }
            try await bring(source, link, recorder, 10)
            // What was first put aside stays.
            source.recompute({ _ in nil }) { $0 % 4 == 0 }
            try await bring(source, link, recorder, 10)
            let batches = try await pieces(reader(source, link))
            #expect(try await difference(batches, source) == nil)
            let found = batches.flatMap(\.readings)
            #expect(found.map(\.original) == before.map { $0.sequence % 2 == 0 ? $0.sample : nil })
        }
    }

    @Test func `is found in the journals that it branched off, and has what was delivered again`() async throws {
        let first = FakeSource("first")
        first.addReadings(30)
        let second = FakeSource("second")
        second.branch(off: "first", at: FeedCheckpoint(sequence: 20))
        // The first five behind the branch are the first journal's, too.
        second.addReadings(25)
        second.addReadings(5) { FakeSource.start.advanced(byMilliseconds: Int64($0) * 1_000 + 1) }
        try await withFed([first, second]) { link, _ in
            #expect(try await FedJournal.all(link).map(\.id) == ["second", "first"])
            let younger = try await pieces(reader(second, link))
            #expect(try await difference(younger, second) == nil)
            let older = try await pieces(reader(first, link))
            #expect(try await difference(older, first, where: { !(21...25).contains($0) }) == nil)
        }
    }

    @Test func `says what is missing of what a journal holds`() async throws {
        let source = FakeSource()
        source.addReadings(20)
        source.put(CommandRecord.example("c1"))
        try await withFed([source]) { link, _ in
            let reader = try await reader(source, link)
            var held = HeldRecords()
            let times = ["c1", "c2"].map { RecordPlace(name: $0, time: FakeSource.start) }
            try await reader.look(for: times, &held)
            #expect(held.wanted == 2 && held.found == 1 && held.firstMissing == "c2")
            _ = try await link.query("DELETE FROM sensor_readings WHERE position = 1")
            let from = UnixTime(milliseconds: 0)
            let there = try await reader.readingsByDay(from: from)
            #expect(there.values.reduce(0, +) == 19)
        }
    }
}
