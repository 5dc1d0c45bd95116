import Foundation
import GRDB
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct SafetyChainTests {
    let folder = JournalFolder()

    /// Facts 1 to 10: those with even numbers are no safety records.
    private static let facts = (1...10).map { number in
        number % 2 == 0
            ? Fact.happened(.cameOnline, at: Int64(number))
            : .happened(.approved(by: "user:\(number)"), at: Int64(number))
    }

    private func damages() throws -> [JournalDamage] { try JournalVerification(directory: folder.path).run().damages }

    private func store() async throws {
        try await folder.withJournal { try await $0.commit(Batch(from: 1, Self.facts)) }
    }

    private func change(_ sql: String) async throws {
        let other = try DatabaseQueue(path: folder.file)
        try await other.write { try $0.execute(sql: sql) }
        try other.close()
    }

    @Test func aKindIsASafetyRecordOrIsNot() {
        var kinds: [String: Bool] = [:]
        for fact in EveryEvent.facts {
            let isRecord = fact.event.isSafetyRecord
            #expect(kinds.updateValue(isRecord, forKey: fact.event.kind) ?? isRecord == isRecord, "\(fact.event.kind)")
        }
        #expect(kinds.values.contains(true) && kinds.values.contains(false))
        #expect(kinds["sensor.sampled"] == false)
    }

    @Test func everySafetyRecordAndNothingElseIsInTheChain() async throws {
        let facts = EveryEvent.facts
        try await folder.withJournal { try await $0.commit(Batch(from: 1, facts)) }
        let report = try JournalVerification(directory: folder.path).run()
        #expect(report.isIntact && report.chain.records == facts.count { $0.event.isSafetyRecord })
        let other = try DatabaseQueue(path: folder.file)
        let linked = try await other.read { try Int.fetchAll($0, sql: "SELECT sequence FROM safety_records") }
        #expect(linked == facts.indices.filter { facts[$0].event.isSafetyRecord }.map { $0 + 1 })
    }

    @Test func theHashIsTheOneThatIsDocumented() async throws {
        try await store()
        let other = try DatabaseQueue(path: folder.file)
        let (name, body, hash) = try await other.read { db in
            (
                try String.fetchOne(db, sql: "SELECT value FROM identity WHERE name = 'journal'") ?? "",
                try String.fetchOne(db, sql: "SELECT body FROM facts WHERE sequence = 1") ?? "",
                try Data.fetchOne(db, sql: "SELECT hash FROM safety_records WHERE sequence = 1")
            )
        }
        func number(_ value: Int) -> [UInt8] { unsafe withUnsafeBytes(of: Int64(value).bigEndian) { unsafe Array($0) } }
        func text(_ text: String) -> [UInt8] { number(text.utf8.count) + Array(text.utf8) }
        let bytes =
            SHA256.digest(of: Array(name.utf8)) + number(1) + number(Int(Moment.at(1).time.milliseconds)) + number(1)
            + text("ESP_00000A") + text("device.approved") + text(body)
        #expect(hash == Data(SHA256.digest(of: bytes)))
    }

    @Test func theChainGoesOnAfterAFailedCommitAndARestart() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, [Self.facts[0]]))
            // The second fact's number is taken, so all of it is rolled back.
            await #expect(throws: JournalFailure.self) {
                try await journal.commit(Batch(from: 0, [Self.facts[2], Self.facts[4]]))
            }
            try await journal.commit(Batch(from: 2, [Self.facts[2]]))
        }
        try await folder.withJournal { try await $0.commit(Batch(from: 3, [Self.facts[4]])) }
        let report = try JournalVerification(directory: folder.path).run()
        #expect(report.isIntact && report.chain.records == 3 && report.chain.lastSequence == 3)
    }

    @Test(arguments: [
        // A whole record, with its link: only what follows tells.
        (
            "DELETE FROM facts WHERE sequence = 5; DELETE FROM safety_records WHERE sequence = 5", "sequence=7",
            "removed"
        ),
        // The last one: only the stored end tells.
        (
            "DELETE FROM facts WHERE sequence = 9; DELETE FROM safety_records WHERE sequence = 9", "sequence=9",
            "removed"
        ),
        ("DELETE FROM facts WHERE sequence = 1; DELETE FROM safety_records WHERE sequence = 1", "sequence=3", "anchor"),
        ("DELETE FROM facts WHERE sequence = 5", "sequence=5", "its fact was removed"),
        ("DELETE FROM safety_records WHERE sequence = 5", "sequence=5", "its link in the chain is missing"),
        ("UPDATE safety_records SET hash = zeroblob(32) WHERE sequence = 5", "sequence=5", "its hash was altered"),
        ("UPDATE safety_records SET hash = zeroblob(32) WHERE sequence = 9", "sequence=9", "its hash was altered"),
        ("UPDATE facts SET body = replace(body, 'user:5', 'user:6') WHERE sequence = 5", "sequence=5", "altered"),
        ("UPDATE safety_chain SET hash = zeroblob(32) WHERE name = 'head'", "sequence=9", "end does not fit"),
        ("UPDATE safety_chain SET hash = zeroblob(32) WHERE name = 'anchor'", "sequence=1", "anchor"),
    ])
    func whatIsDoneToTheChainShows(_ sql: String, _ record: String, _ problem: String) async throws {
        try await store()
        #expect(try damages() == [])
        try await change(sql)
        let damages = try damages()
        let isNamed = damages.contains { $0.record == record && $0.problem.contains(problem) }
        #expect(isNamed, "\(damages)")
        // What is as it was is not blamed, but for the record behind a gap.
        let others = damages.filter { $0.record != record }
        #expect(others.allSatisfy { $0.problem.contains("missing before it") || $0.problem.contains("not follow") })
    }

    /// Somebody who knows how seals are made can make them; the hashes he would have to make anew, to the end.
    @Test func aFactWithAForgedSealStillBreaksTheChain() async throws {
        try await store()
        let other = try DatabaseQueue(path: folder.file)
        try await other.write { db in
            try db.execute(sql: "UPDATE facts SET body = replace(body, 'user:5', 'user:6') WHERE sequence = 5")
            try SealedTable.facts.sealAgain(5, db)
        }
        try other.close()
        let damages = try damages()
        #expect(damages.map(\.record) == ["sequence=5"], "\(damages)")
        #expect(damages.first?.table == "safety_records")
    }

    @Test func twoSafetyRecordsThatChangedPlacesAreNamed() async throws {
        try await store()
        let other = try DatabaseQueue(path: folder.file)
        try await other.write { db in
            for (from, to) in [(3, 99), (5, 3), (99, 5)] {
                try db.execute(sql: "UPDATE facts SET sequence = \(to) WHERE sequence = \(from)")
                try db.execute(sql: "UPDATE safety_records SET sequence = \(to) WHERE sequence = \(from)")
            }
            for sequence in [3, 5] as [Int64] { try SealedTable.facts.sealAgain(sequence, db) }
        }
        try other.close()
        let records = Set(try damages().map(\.record))
        #expect(records.isSuperset(of: ["sequence=3", "sequence=5"]), "\(records)")
    }

    @Test func aFileOfVersion3GetsItsChainWhenItIsOpened() async throws {
        try FileManager.default.createDirectory(atPath: folder.path, withIntermediateDirectories: true)
        let old = try DatabaseQueue(path: folder.file)
        try Schema.migrator.migrate(old, upTo: "3")
        try await old.write { db in
            for (offset, fact) in Self.facts.enumerated() {
                let body = String(decoding: try JSONEncoder().encode(fact.event), as: UTF8.self)
                try db.execute(
                    sql: "INSERT INTO facts VALUES (?, ?, ?, ?, ?, ?)",
                    arguments: [
                        offset + 1, fact.device?.description, fact.event.kind, fact.moment.time.milliseconds,
                        fact.moment.uptime.milliseconds, body,
                    ])
            }
            try db.execute(sql: "INSERT INTO facts VALUES (11, NULL, 'site.new_kind', 1, 1, '{}')")
        }
        try old.close()
        try await folder.withJournal { try await $0.commit(Batch(from: 12, [Self.facts[0]])) }
        let report = try JournalVerification(directory: folder.path).run()
        #expect(report.chain.records == 6 && report.damages.map(\.record) == ["sequence=11"], "\(report.damages)")
        #expect(report.tables.first { $0.name == "facts" }?.unsealed == 11)
    }
}
