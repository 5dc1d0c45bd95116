import Foundation
import GRDB
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct VerificationTests {
    let folder = JournalFolder()

    private func verify() throws -> JournalReport { try JournalVerification(directory: folder.path).run() }

    /// A small journal with a few rows in every table.
    private func fill() async throws {
        try await folder.withJournal { journal in
            var batch = Batch(
                from: 1,
                (1...6).flatMap { number -> [Fact] in
                    [
                        .happened(.approved(by: "user:\(number)"), to: .number(Int(number)), at: number),
                        .sampled(.at(number, raw: 0.1 + Double(number))),
                    ]
                })
            batch.commands = (1...3).map { .example("command-\($0)") }
            batch.deadLetters = (1...3).map { .number($0) }
            batch.snapshots = [.example(.alpha), .example(.beta)]
            try await journal.commit(batch)
        }
    }

    /// A row of each table, bytes that only its cell holds, and the names by which it may be known.
    enum Victim: CaseIterable {
        case fact, reading, command, letter, sensor

        var needle: [UInt8] {
            switch self {
            case .fact: Array(#"approved":{"by":"user:3"#.utf8)
            case .reading: unsafe withUnsafeBytes(of: (0.1 + 3.0).bitPattern.bigEndian) { unsafe Array($0) }
            case .command: Array("command-2".utf8)
            case .letter: Array("letter 2".utf8)
            case .sensor: Array("ph".utf8) + Array("pH".utf8)
            }
        }

        var names: (table: String, key: String) {
            switch self {
            case .fact: ("facts", "sequence=5")
            case .reading: ("readings", "sequence=6")
            case .command: ("commands", "command-2")
            case .letter: ("dead_letters", "id=2")
            case .sensor: ("sensors", "id=1")
            }
        }
    }

    @Test(arguments: Victim.allCases)
    func everyFlippedByteOfARowIsFoundAndTheRowNamed(_ victim: Victim) async throws {
        try await fill()
        #expect(try verify().isIntact)
        let file = try DatabaseFile(folder.file)
        let cell = try #require(file.cell(holding: victim.needle))
        let (table, key) = victim.names
        var unnamed: [String] = []
        for place in cell {
            try file.write { $0[place] ^= 1 << UInt8(place % 8) }
            let report = try verify()
            let isNamed = report.damages.contains { damage in
                // A flipped key is a damaged row under its new key; a flipped length shows in the structure alone.
                damage.table == table && (damage.record.contains(key) || place < cell.lowerBound + 3)
                    || damage.problem.contains("belongs to \(table) and holds record")
            }
            if !isNamed { unnamed.append("byte \(place - cell.lowerBound) of \(cell.count): \(report.damages)") }
        }
        #expect(unnamed == [])
        try file.write { _ in }
        #expect(try verify().isIntact)
    }

    @Test func aFlippedByteOfTheHistoryIsFoundWithItsReading() async throws {
        let count = HistoryBacklog.chunk + 40
        try await folder.withJournal { journal in
            for start in stride(from: 0, to: count, by: 1_024) {
                let facts = (start..<start + 1_024).map { Fact.sampled(.at(Int64($0))) }
                try await journal.commit(Batch(from: UInt64(start + 1), facts))
            }
            for round in 0..<40 {
                try await journal.commit(
                    Batch(
                        from: UInt64(round * 1_024 + 100_000),
                        (0..<1_024).map { Fact.sampled(.at(Int64($0 + 99_999 + round * 1_024))) }))
            }
        }
        #expect(try verify().isIntact)
        let other = try DatabaseQueue(path: folder.file)
        try await other.write { try $0.execute(sql: "UPDATE history SET event_ms = event_ms + 1 WHERE sequence = 77") }
        try other.close()
        let damages = try verify().damages
        #expect(damages.map(\.record) == ["sequence=77"])
        #expect(damages.first?.problem == "it is missing from the history of its sensor")
        #expect(damages.first?.about.hasPrefix("ESP_00000A 34:ph, measured 20") == true, "\(damages)")
    }

    @Test func aTruncatedFileIsSaidToBeOne() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, (1...5_000).map { .sampled(.at($0)) }))
        }
        let bytes = try DatabaseFile(folder.file).bytes
        let pages = bytes.count / 4096
        try Data(bytes.prefix(pages / 2 * 4096)).write(to: URL(fileURLWithPath: folder.file))
        let failure = #expect(throws: JournalFailure.self) { try JournalVerification(directory: folder.path) }
        let text = failure?.description ?? ""
        #expect(text.contains("is cut off: \(pages / 2) of \(pages) pages are there"), "\(text)")
    }

    @Test func whatLiesBehindALostPageIsRead() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, (1...5_000).map { .sampled(.at($0, raw: 0.1 + Double($0))) }))
        }
        let file = try DatabaseFile(folder.file)
        let lost = unsafe withUnsafeBytes(of: (0.1 + 2_500.0).bitPattern.bigEndian) { unsafe Array($0) }
        let page = try #require(file.cell(holding: lost)).lowerBound / 4096
        try file.write { for place in page * 4096..<(page + 1) * 4096 { $0[place] = 0 } }
        let report = try verify()
        let rows = try #require(report.tables.first { $0.name == "readings" }).rows
        #expect(rows > 4_900 && rows < 5_000)
        let gap = try #require(report.damages.first { $0.problem == "no record in this range can be read" })
        let ends = gap.record.split { !$0.isNumber }.compactMap { Int($0) }
        #expect(gap.table == "readings" && ends.count == 2 && ends[0]...ends[1] ~= 2_500, "\(gap)")
        #expect(ends[1] - ends[0] + 1 == 5_000 - rows)
        #expect(report.damages.contains { $0.table == "file" })
    }

    @Test func itWorksBesideARunningDoppelAndNeedsNoLock() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, [.happened(.approved(by: "user:mara")), .sampled(.at(1))]))
            let report = try verify()
            #expect(report.isIntact && report.chain.records == 1)
            try await journal.commit(Batch(from: 3, [.happened(.approved(by: "user:mara"))]))
            #expect(try verify().chain.records == 2)
        }
    }

    @Test func whatAnOlderVersionStoredCountsAsUnsealed() async throws {
        try await fill()
        let other = try DatabaseQueue(path: folder.file)
        try await other.write { try $0.execute(sql: "UPDATE readings SET seal = NULL WHERE sequence < 8") }
        try other.close()
        let report = try verify()
        #expect(report.isIntact)
        #expect(report.tables.first { $0.name == "readings" }?.unsealed == 3)
    }

    @Test(arguments: [
        ("UPDATE facts SET body = 'x' WHERE sequence = 3", "facts", "sequence=3", "its body cannot be read"),
        ("UPDATE facts SET device = 'ESP_00000B' WHERE sequence = 3", "facts", "sequence=3", "its seal does not fit"),
        ("UPDATE readings SET sensor_id = 9 WHERE sequence = 4", "readings", "sequence=4", "its sensor does not exist"),
        ("UPDATE snapshots SET body = replace(body, '34', '35')", "snapshots", "device=ESP_00000A", "its seal"),
        ("UPDATE commands SET state = 'sent' WHERE rowid = 1", "commands", "id=command-1", "its seal does not fit"),
        ("UPDATE dead_letters SET payload = x'00' WHERE id = 1", "dead_letters", "id=1", "its seal does not fit"),
    ])
    func whatWasChangedByHandIsNamed(_ sql: String, _ table: String, _ record: String, _ problem: String) async throws {
        try await fill()
        let other = try DatabaseQueue(path: folder.file)
        try await other.write { try $0.execute(sql: sql) }
        try other.close()
        let damages = try verify().damages
        let isNamed = damages.contains { $0.table == table && $0.record == record && $0.problem.contains(problem) }
        #expect(isNamed, "\(damages)")
    }

    @Test func twoRowsThatChangedPlacesAreBothNamed() async throws {
        try await fill()
        let other = try DatabaseQueue(path: folder.file)
        try await other.write { db in
            try db.execute(
                sql: """
                    UPDATE readings SET sequence = 99 WHERE sequence = 2;
                    UPDATE readings SET sequence = 2 WHERE sequence = 4;
                    UPDATE readings SET sequence = 4 WHERE sequence = 99;
                    """)
        }
        try other.close()
        #expect(try verify().damages.map(\.record) == ["sequence=2", "sequence=4"])
    }

    @Test func aFolderWithoutAJournalIsSaid() {
        let failure = #expect(throws: JournalFailure.self) { try JournalVerification(directory: "/nonexistent") }
        #expect(failure?.description.hasPrefix("there is no journal at /nonexistent/doppel.sqlite") == true)
    }
}
