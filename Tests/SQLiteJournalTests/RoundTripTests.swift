import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct RoundTripTests {
    let folder = JournalFolder()

    @Test func theListHoldsEveryKindOfEvent() {
        #expect(Set(EveryEvent.site.map(EveryEvent.number)) == Set(0..<EveryEvent.siteCases))
        #expect(Set(EveryEvent.device.map(EveryEvent.number)) == Set(0..<EveryEvent.deviceCases))
        #expect(Set(EveryEvent.sensor.map { EveryEvent.number($0.1) }) == Set(0..<EveryEvent.sensorCases))
        #expect(Set(EveryEvent.actuator.map(EveryEvent.number)) == Set(0..<EveryEvent.actuatorCases))
    }

    @Test func everyKindOfFactComesBackAsItWas() async throws {
        let facts = EveryEvent.facts
        try await folder.withJournal { journal in
            let receipt = try await journal.commit(Batch(from: 1, facts))
            #expect(receipt == CommitReceipt(storedSamples: EveryEvent.readings, duplicateSamples: 0))
        }
        try await folder.withJournal { journal in
            let recovery = try journal.recover()
            #expect(recovery.facts.map(\.fact) == facts)
            #expect(recovery.facts.map(\.sequence) == (1...UInt64(facts.count)).map { $0 })
            #expect(recovery.lastSequence == UInt64(facts.count))
            #expect(recovery.snapshots.isEmpty)
        }
    }

    @Test func aSnapshotComesBackAsItWas() async throws {
        let snapshot = DeviceSnapshot.example()
        try await folder.withJournal { try await $0.commit(Batch(from: 5, snapshots: [snapshot])) }
        let recovery = try await folder.withJournal { try $0.recover() }
        #expect(recovery.snapshots.map(\.snapshot) == [snapshot])
        #expect(recovery.snapshots.map(\.lastSequence) == [4])
        #expect(recovery.lastSequence == 4)
    }

    @Test func anEmptyJournalHoldsNothing() async throws {
        let recovery = try await folder.withJournal { try $0.recover() }
        #expect(recovery.facts.isEmpty && recovery.snapshots.isEmpty && recovery.recentDigests.isEmpty)
        #expect(recovery.lastSequence == 0)
    }

    @Test(arguments: Quality.allCases) func everyQualityHasItsNumber(_ quality: Quality) {
        #expect(Quality(column: quality.column) == quality)
        #expect(Quality(column: 10) == nil)
    }

    @Test(arguments: ["", "pH", "\\", "\\0", "\0", "\\\0\\0", "a\0b", "°C\\", "e\u{301}\0"])
    func textFromOutsideIsStoredWithoutNULAndComesBack(_ text: String) {
        let column = StoredText.column(text)
        #expect(!column.utf8.contains(0))
        #expect(Array(StoredText.text(column).utf8) == Array(text.utf8))
    }
}
