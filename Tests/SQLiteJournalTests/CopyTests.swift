import Foundation
import GRDB
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

/// A journal that is made of what another store was fed.
@Suite struct CopyTests {
    private let folder = JournalFolder()
    private let other = JournalFolder()

    /// What a store holds that was fed from a journal with every kind of fact, a command, and two twins of one device.
    private func batches(limit: Int = 7) async throws -> (CopyOrigin, [FeedBatch]) {
        try await folder.withJournal { journal in
            var batch = Batch(from: 1, EveryEvent.facts, snapshots: [.example()])
            batch.commands = [.example("c-1")]
            try await journal.commit(batch)
            let next = UInt64(EveryEvent.facts.count) + 1
            try await journal.commit(Batch(from: next, [.sampled(.at(7_000_000))], snapshots: [.example(revision: 9)]))
            try await journal.commit(
                Batch(
                    from: next + 1,
                    [
                        .sampled(.at(7_000_500), of: .beta),
                        .happened(.token(.sent(EmergencyToken("s3cret")!, .device)), to: .beta),
                    ]))
            var batches: [FeedBatch] = []
            var checkpoint = FeedCheckpoint()
            while case let batch = try await journal.rows(after: checkpoint, limit: limit), !batch.isEmpty {
                batches.append(batch)
                checkpoint = batch.through
            }
            let given = try await journal.origin()
            var origin = CopyOrigin(journal: given.journal, anchor: given.anchor)
            for twin in batches.flatMap(\.twins) { origin.twins[twin.snapshot.device.id] = twin.lastSequence }
            return (origin, batches)
        }
    }

    private func place(_ batch: FeedBatch) -> CopyPlace {
        var place = CopyPlace()
        place.sequence = batch.through.sequence
        return place
    }

    private func finish(_ copy: JournalCopy) async throws -> StoppedStart {
        try await copy.finish(loop: other.loop, stop: IncidentID("inc-1"), by: "admin:mara")
    }

    /// Rows of a table, each as text.
    private func rows(_ sql: String, in folder: JournalFolder) throws -> [String] {
        try DatabaseQueue(path: folder.file).read { try Row.fetchAll($0, sql: sql) }.map(\.description)
    }

    @Test func `has every row under its number, verifies, and starts stopped`() async throws {
        let (origin, batches) = try await batches()
        let copy = try JournalCopy(of: origin, into: other.path)
        for batch in batches { try copy.take(batch, to: place(batch)) }
        #expect(copy.misfits == nil)
        let start = try await finish(copy)
        #expect(start.devices == 2 && start.tokenHolders.isEmpty == false)
        let rights = try FileManager.default.attributesOfItem(atPath: other.file)[.posixPermissions] as? Int
        #expect(rights == 0o600)

        let readings = """
            SELECT readings.sequence, device, gpio, type, address, claimed_ms, digest, event_ms, receipt_ms, fact_ms,
                uptime_ms, raw, value, coalesce(readings.unit, sensors.unit) AS unit, quality, error_code, is_timely,
                reported_quality, model, calibration, companion
            FROM readings JOIN sensors ON sensors.id = sensor_id ORDER BY readings.sequence
            """
        #expect(try rows(readings, in: other) == rows(readings, in: folder))
        let last = try #require(batches.last).through.sequence
        let facts = "SELECT sequence, device, kind, unix_ms, uptime_ms FROM facts WHERE sequence <= \(last)"
        #expect(try rows(facts, in: other) == rows(facts, in: folder))
        for table in [
            "SELECT id, device, gpio, state FROM commands", "SELECT * FROM clock_turns WHERE sequence <= \(last)",
        ] {
            #expect(try rows(table, in: other) == rows(table, in: folder))
        }
        // The members of a body have no order.
        let bodies = try [other, folder].map { folder in
            try DatabaseQueue(path: folder.file).read { db in
                try Data.fetchAll(db, sql: "SELECT body FROM commands ORDER BY id").map {
                    try JSONDecoder().decode(CommandRecord.self, from: $0)
                }
            }
        }
        #expect(bodies[0] == bodies[1] && !bodies[0].isEmpty)
        let twins = "SELECT device, last_sequence, body FROM snapshots"
        #expect(try rows(twins, in: other) == rows(twins, in: folder))
        let report = try JournalVerification(directory: other.path).run()
        #expect(report.isIntact, "\(report.damages)")

        let recovery = try await other.withJournal { try $0.recover() }
        #expect(recovery.facts.last?.fact.event == .site(.stopLatched(start.stop)))
        #expect(recovery.facts.contains { $0.fact.device == .beta })
        let identity = try other.identity()
        #expect(identity["restored_from"] == origin.journal && identity["restored_through"] == "\(last)")
        #expect(try other.write { try !$0.tableExists("copy_progress") })
    }

    @Test func `keeps the hashes of the chain up to the first token`() async throws {
        let (origin, batches) = try await batches()
        let copy = try JournalCopy(of: origin, into: other.path)
        for batch in batches { try copy.take(batch, to: place(batch)) }
        let facts = batches.flatMap(\.facts).filter { $0.safetyHash != nil }
        let token = try #require(facts.first { $0.body.contains("hidden-") }).sequence
        _ = try await finish(copy)
        let sql = "SELECT sequence, hash FROM safety_records WHERE sequence < \(token) ORDER BY sequence"
        let (kept, given) = (try rows(sql, in: other), try rows(sql, in: folder))
        #expect(!kept.isEmpty && kept == given)
    }

    @Test func `goes on after each batch, and a Doppel does not start on a part`() async throws {
        let (origin, batches) = try await batches(limit: 3)
        for (number, batch) in batches.enumerated() {
            let copy = try JournalCopy(of: origin, into: other.path)
            #expect(copy.place.sequence == (number == 0 ? 0 : batches[number - 1].through.sequence))
            try copy.take(batch, to: place(batch))
            copy.release()
            let refusal = #expect(throws: JournalFailure.self) { try other.open() }
            #expect(refusal?.description.contains("is not finished") == true)
        }
        // Cut off when the stop was latched and nothing renamed yet.
        var copy = try JournalCopy(of: origin, into: other.path)
        let before = try copy.counts(readingsFrom: UnixTime(milliseconds: 0))
        try copy.remember { progress, db in progress.stopBehind = Int64(try RecoveryReader.lastSequence(db)) }
        _ = try await StoppedStart.latch(
            in: copy.staging, loop: other.loop, IncidentID("inc-0"), because: "cut off", by: "admin:mara")
        copy.release()
        copy = try JournalCopy(of: origin, into: other.path)
        #expect(try copy.counts(readingsFrom: UnixTime(milliseconds: 0)) == before)
        _ = try await finish(copy)
        #expect(try JournalVerification(directory: other.path).run().isIntact)
        #expect(try rows("SELECT 1 FROM facts WHERE kind = 'site.stop_latched'", in: other).count == 2)
        #expect(throws: JournalFailure.self) { try JournalCopy(of: origin, into: other.path) }
    }

    @Test func `names a safety record that was altered where it comes from, and one whose neighbour is missing`()
        async throws
    {
        let (origin, batches) = try await batches()
        var altered = batches
        let index = try #require(altered.firstIndex { $0.facts.contains { $0.body.contains("smell of smoke") } })
        let fact = try #require(altered[index].facts.firstIndex { $0.body.contains("smell of smoke") })
        altered[index].facts[fact].body.replace("smell of smoke", with: "nothing to see")
        let copy = try JournalCopy(of: origin, into: other.path)
        for batch in altered { try copy.take(batch, to: place(batch)) }
        #expect(copy.misfits?.first == altered[index].facts[fact].sequence && copy.misfits?.count == 1)
        copy.release()

        let third = JournalFolder()
        var missing = batches
        let gone = missing[index].facts.remove(at: fact)
        let next = try #require(
            missing.flatMap(\.facts).first { $0.safetyHash != nil && $0.sequence > gone.sequence })
        let second = try JournalCopy(of: origin, into: third.path)
        for batch in missing { try second.take(batch, to: place(batch)) }
        #expect(second.misfits?.first == next.sequence)
        second.release()
    }

    @Test func `hangs its chain on the first record that retention left`() async throws {
        var (origin, batches) = try await batches()
        origin.isChainCut = true
        let index = try #require(batches.firstIndex { $0.facts.contains { $0.safetyHash != nil } })
        let fact = try #require(batches[index].facts.firstIndex { $0.safetyHash != nil })
        batches[index].facts.remove(at: fact)
        let copy = try JournalCopy(of: origin, into: other.path)
        for batch in batches { try copy.take(batch, to: place(batch)) }
        #expect(copy.misfits == nil)
        let safety = batches.flatMap(\.facts).count { $0.safetyHash != nil }
        #expect(try copy.counts(readingsFrom: UnixTime(milliseconds: 0)).safetyRecords == safety)
        _ = try await finish(copy)
        let report = try JournalVerification(directory: other.path).run()
        #expect(report.isIntact, "\(report.damages)")
    }
}
