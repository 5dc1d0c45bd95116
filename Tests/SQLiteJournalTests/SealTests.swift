import GRDB
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct SealTests {
    let folder = JournalFolder()

    /// The number is another implementation's.
    ///
    /// Computed with an implementation of its own, which gives 0xEF46DB3751D8E999 for no bytes and 0x44BC2CF5AD770999
    /// for "abc", as the specification does. Its length is a part of its start, which the table's number stands for.
    @Test func wordsAreTakenInAsXXH64TakesThem() {
        var seal = Seal(table: 24)
        seal.add(Int64(1), 1)
        seal.add(Int64(-2), 2)
        #expect(UInt64(bitPattern: seal.value) == 0x9ADA_60A9_D636_A679)
    }

    @Test func everyBitOfEveryColumnCounts() {
        func seal(_ number: Int64, _ text: String, _ real: Double?) -> Int64 {
            var seal = Seal(table: 1)
            seal.add(number, 1)
            seal.add(text, 2)
            if let real { seal.add(real, 3) }
            return seal.value
        }
        var seals: Set<Int64> = [seal(0, "", nil), seal(0, "", 0)]
        for bit in 0..<64 { seals.insert(seal(1 << Int64(bit), "", nil)) }
        for length in 1...40 { seals.insert(seal(0, String(repeating: "\u{0}", count: length), nil)) }
        for bit in 0..<63 { seals.insert(seal(0, "", Double(bitPattern: 1 << UInt64(bit)))) }
        #expect(seals.count == 2 + 64 + 40 + 63)
    }

    @Test func aColumnIsNotItsNeighbourAndATableNotAnother() {
        func seal(_ column: Int, table: UInt64) -> Int64 {
            var seal = Seal(table: table)
            seal.add(Int64(7), column)
            return seal.value
        }
        let seals = (1...Seal.maximumColumns).flatMap { column in (1...7).map { seal(column, table: $0) } }
        #expect(Set(seals).count == 7 * Seal.maximumColumns)
    }

    /// What is computed from values before they are stored and from what SQLite gives back must be the same.
    @Test func whatIsStoredFitsItsSeal() async throws {
        let odd = Sample(
            raw: -0.0, value: .nan, unit: "\u{0}\\", quality: .error, eventTime: .at(9), receiptTime: .at(8),
            claimedTime: .at(7), digest: .max, errorCode: -3, isTimely: false, reportedQuality: .poor,
            model: ModelStamp(version: .max, calibration: 2), companionCelsius: -0.1)
        var batch = Batch(from: 1, EveryEvent.facts)
        batch.facts += [.sampled(.at(77)), .sampled(odd), .sampled(odd, by: .probe)]
        batch.commands = [.example("c-1"), .example("c\u{0}2", state: .sent)]
        batch.deadLetters = (0..<50).map { .number($0) }
        batch.snapshots = [.example(), .example(.beta)]
        try await folder.withJournal { journal in
            try await journal.commit(batch)
            try await journal.commit(Batch(from: batch.lastSequence + 1, snapshots: [.example(revision: 8)]))
        }
        let report = try JournalVerification(directory: folder.path).run()
        #expect(report.damages == [])
        #expect(report.tables.allSatisfy { $0.unsealed == 0 })
        let rows = Dictionary(report.tables.map { ($0.name, $0.rows) }, uniquingKeysWith: +)
        #expect(rows["dead_letters"] == 50 && rows["commands"] == 2 && rows["snapshots"] == 2)
        #expect((rows["facts"] ?? 0) + (rows["readings"] ?? 0) == batch.facts.count)
    }

    @Test func whatIsComputedAgainIsSealedAgainUnlessItWasDamaged() async throws {
        try await folder.withJournal { try await $0.commit(Batch(from: 1, (1...3).map { .sampled(.at($0)) })) }
        let other = try DatabaseQueue(path: folder.file)
        try await other.write { try $0.execute(sql: "UPDATE readings SET raw = raw + 1 WHERE sequence = 2") }
        try other.close()
        try await folder.withJournal { journal in
            let query = RecomputationQuery(device: .alpha, sensor: .ph, from: .at(0), to: .at(10), through: 3)
            let receipt = try await withCheckedContinuation { continuation in
                journal.recompute(
                    query,
                    { sample in
                        var sample = sample
                        sample.value = 1
                        return sample
                    }, { continuation.resume(returning: $0) })
            }.get()
            #expect(receipt == RecomputationReceipt(examined: 3, changed: 2))
        }
        let report = try JournalVerification(directory: folder.path).run()
        #expect(report.damages.map(\.record) == ["sequence=2"])
    }
}
