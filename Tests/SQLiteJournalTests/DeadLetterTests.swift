import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct DeadLetterTests {
    let folder = JournalFolder()

    private func batch(_ letters: [DeadLetter]) -> Batch {
        var batch = Batch(from: 1)
        batch.deadLetters = letters
        return batch
    }

    @Test func theNewestComeFirstWithTheCountsByReason() async throws {
        let binary = DeadLetter(
            refusal: Refusal(.invalidUTF8, "a NUL: \0\\0"), topic: "\0", payload: Array(0...255), payloadLength: 256,
            receiptTime: .at(3))
        try await folder.withJournal { journal in
            try await journal.commit(batch([.number(1), .number(2, .tooLarge)]))
            try await journal.commit(batch([binary, .number(4)]))
        }
        try await folder.withJournal { journal in
            let report = try await journal.deadLetters(limit: 3)
            #expect(report.items == [.number(4), binary, .number(2, .tooLarge)])
            #expect(report.counts.map(\.reason) == [.invalidUTF8, .malformedJSON, .tooLarge])
            #expect(report.counts.map(\.count) == [1, 2, 1])
            #expect(try await journal.deadLetters(limit: -1).items == [])
        }
    }

    @Test func onlyTheNewestAreKeptAndAllAreCounted() async throws {
        var options = JournalOptions()
        options.maximumDeadLetters = 50
        try await folder.withJournal(options) { journal in
            try await journal.commit(batch((1...120).map { .number($0) }))
            #expect(try await journal.deadLetters(limit: 1_000).items == (71...120).reversed().map { .number($0) })
            try await journal.commit(batch((121...125).map { .number($0) }))
            let report = try await journal.deadLetters(limit: 1_000)
            #expect(report.items == (76...125).reversed().map { .number($0) })
            #expect(report.counts.map(\.count) == [125])
        }
    }
}
