import Foundation
import TestSupport
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct BackupTests {
    private let folder = JournalFolder()
    private var file: String { folder.path + ".backup" }
    private var backup: JournalBackup { JournalBackup(file) }
    private static let time = UnixTime.at(5_000_000)

    /// A journal with every kind of fact, a snapshot, a command and a dead letter.
    private func fill(_ journal: SQLiteJournal) async throws {
        var batch = Batch(from: 1, EveryEvent.facts, snapshots: [.example()])
        batch.deadLetters = [
            DeadLetter(
                refusal: Refusal(.malformedJSON, "no JSON"), topic: "kaiser", payload: [1, 2], payloadLength: 2,
                receiptTime: Self.time)
        ]
        try await journal.commit(batch)
    }

    private func make(overwrites: Bool = false) throws -> BackupHeader {
        try backup.make(of: folder.path, by: "1.2.3", at: Self.time, overwrites: overwrites)
    }

    private func restore(into path: String, replaces: Bool = false) async throws -> RestoredJournal {
        try await backup.restore(
            into: path, replaces: replaces, loop: folder.loop, stop: IncidentID("inc-1"), by: "admin:mara")
    }

    /// What lies beside the backup, by its name's end.
    private func leftovers() throws -> [String] {
        let place = URL(filePath: file)
        return try FileManager.default.contentsOfDirectory(atPath: place.deletingLastPathComponent().path)
            .filter { $0.hasPrefix(place.lastPathComponent) }.map {
                String($0.dropFirst(place.lastPathComponent.count))
            }
    }

    private func withFile(_ body: () async throws -> Void) async throws {
        defer { try? FileManager.default.removeItem(atPath: file) }
        try await body()
    }

    @Test func `a journal that is in use is copied whole, and a restored one starts stopped`() async throws {
        try await withFile {
            let before = try await folder.withJournal { journal in
                try await fill(journal)
                let header = try make()
                #expect(header.doppel == "1.2.3" && header.madeAt == Self.time.rfc3339)
                #expect(header.lastSequence == UInt64(EveryEvent.facts.count))
                #expect(header.rows["readings"] == EveryEvent.readings)
                #expect(header.rows["facts"] == EveryEvent.facts.count - EveryEvent.readings)
                #expect(header.rows["dead_letters"] == 1 && header.rows["snapshots"] == 1)
                return try journal.recover()
            }
            #expect(try leftovers() == [""])
            #expect(try backup.header() == backup.verify(scratch: folder.path))

            let other = JournalFolder()
            let restored = try await restore(into: other.path)
            #expect(restored.keptAside == nil)
            #expect(restored.start.stop.scope == .all)
            let after = try await other.withJournal { try $0.recover() }
            #expect(after.lastSequence == before.lastSequence + 1)
            #expect(after.facts.dropLast().map(\.fact) == before.facts.map(\.fact))
            #expect(after.facts.last?.fact.event == .site(.stopLatched(restored.start.stop)))
            #expect(restored.start.stop.reason.contains(Self.time.rfc3339))
            #expect(after.snapshots.map(\.snapshot) == before.snapshots.map(\.snapshot))
        }
    }

    @Test func `a restored journal has a name of its own, and knows where it branched off`() async throws {
        try await withFile {
            try await folder.withJournal { try await fill($0) }
            let header = try make()
            let other = JournalFolder()
            _ = try await restore(into: other.path)
            let identity = try other.identity()
            #expect(identity["journal"] != header.journal && identity["journal"]?.count == 32)
            #expect(identity["restored_from"] == header.journal)
            #expect(identity["restored_through"] == "\(header.lastSequence)")
        }
    }

    @Test func `another store may hold more than a new journal until it says that it does not`() async throws {
        let loop = ClockedLoop(at: .at(0))
        let journal = try SQLiteJournal(directory: folder.path, loop: loop)
        let begun = loop.moment.time
        #expect(try await journal.keptFrom() == begun)
        #expect(try await !journal.knowsEverySensor())
        loop.advance(1_000)
        try await journal.noteOthers(false)
        #expect(try await journal.keptFrom() == nil)
        #expect(try await journal.knowsEverySensor())
        try await journal.noteOthers(true)
        #expect(try await journal.keptFrom() == begun)
        #expect(try await !journal.knowsEverySensor())
        await journal.close()
        let again = try SQLiteJournal(directory: folder.path, loop: loop)
        #expect(try await again.keptFrom() == begun)
        await again.close()
    }

    @Test func `another store may hold more than a restored journal`() async throws {
        try await withFile {
            try await folder.withJournal { journal in
                try await fill(journal)
                try await journal.noteOthers(false)
            }
            _ = try make()
            let other = JournalFolder()
            let loop = ClockedLoop(at: .at(0))
            _ = try await backup.restore(
                into: other.path, replaces: false, loop: loop, stop: IncidentID("inc-1"), by: "admin:mara")
            let from = try await other.withJournal { try await $0.keptFrom() }
            #expect(from == loop.moment.time)
        }
    }

    @Test func `a journal that is there is kept aside, and only when that is asked for`() async throws {
        try await withFile {
            try await folder.withJournal { try await fill($0) }
            _ = try make()
            let other = JournalFolder()
            try await other.withJournal { try await $0.commit(Batch(from: 1, [.site(.runEnded)])) }
            await #expect(throws: JournalFailure.self) { try await restore(into: other.path) }
            #expect(try await other.withJournal { try $0.recover() }.lastSequence == 1)
            let aside = try #require(try await restore(into: other.path, replaces: true).keptAside)
            let loop = other.loop
            let kept = try SQLiteJournal(directory: aside, loop: loop)
            #expect(try kept.recover().facts.map(\.fact) == [.site(.runEnded)])
            await kept.close()
        }
    }

    @Test func `nothing is restored into a folder that a Doppel uses`() async throws {
        try await withFile {
            try await folder.withJournal { journal in
                try await fill(journal)
                _ = try make()
                let failure = await #expect(throws: JournalFailure.self) {
                    try await restore(into: folder.path, replaces: true)
                }
                #expect(failure?.description.contains("another doppel") == true)
                #expect(try journal.recover().lastSequence == UInt64(EveryEvent.facts.count))
            }
        }
    }

    @Test func `no Doppel starts on a folder whose restore was cut off, and a repeated one succeeds`() async throws {
        try await withFile {
            try await folder.withJournal { try await fill($0) }
            _ = try make()
            let other = JournalFolder()
            try await other.withJournal { _ in }
            let mark = "\(other.path)/\(JournalBackup.exchangeMark)"
            try Data().write(to: URL(filePath: mark))
            #expect(throws: JournalFailure.self) { try other.open() }
            _ = try await restore(into: other.path)
            #expect(try await other.withJournal { try $0.recover() }.lastSequence > 1)
        }
    }

    @Test func `every flipped byte is found, and so are a missing and an added one`() async throws {
        try await withFile {
            try await folder.withJournal { try await fill($0) }
            _ = try make()
            let whole = try Data(contentsOf: URL(filePath: file))
            var damaged: [Data] = [whole.dropLast(), whole + [0]]
            for place in [0, 20, 200, 4000, 4090, 4096, 4097, whole.count / 2, whole.count - 1] {
                var copy = whole
                copy[place] ^= 1
                damaged.append(copy)
            }
            for data in damaged {
                try data.write(to: URL(filePath: file))
                #expect(throws: JournalFailure.self) { try backup.verify(scratch: folder.path) }
                let other = JournalFolder()
                await #expect(throws: JournalFailure.self) { try await restore(into: other.path) }
                #expect(!FileManager.default.fileExists(atPath: other.file))
            }
            #expect(try leftovers() == [""])
        }
    }

    @Test func `a folder that is not there is said as such`() async throws {
        try await folder.withJournal { _ in _ = try make() }
        let nowhere = folder.path + "/nowhere"
        let unmade = #expect(throws: JournalFailure.self) {
            try JournalBackup(nowhere + "/b").make(of: folder.path, by: "1.2.3", at: Self.time, overwrites: false)
        }
        #expect(unmade?.description == "there is no folder \(nowhere). Make it first, or name another one.")
        let unchecked = #expect(throws: UncheckedBackup.self) { try backup.verify(scratch: nowhere) }
        #expect(unchecked?.reason.hasPrefix("there is no folder \(nowhere).") == true)
    }

    @Test func `a file that is there is replaced only when that is asked for`() async throws {
        try await withFile {
            try await folder.withJournal { try await fill($0) }
            try Data("mine".utf8).write(to: URL(filePath: file))
            #expect(throws: JournalFailure.self) { try make() }
            #expect(try Data(contentsOf: URL(filePath: file)) == Data("mine".utf8))
            #expect(try make(overwrites: true) == backup.header())
        }
    }
}
