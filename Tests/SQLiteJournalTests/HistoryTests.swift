import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct HistoryTests {
    let folder = JournalFolder()

    private func query(
        _ key: SensorKey = .ph, of device: DeviceID = .alpha, type: String? = nil, from: Int64? = nil,
        to: Int64? = nil, limit: Int = 100
    ) -> SampleQuery {
        SampleQuery(
            device: device, gpio: key.gpio, type: type, from: from.map { .at($0) }, to: to.map { .at($0) },
            limit: limit)
    }

    @Test func samplesComeNewestFirstByEventTimeEvenWhenTheyArrivedLate() async throws {
        try await folder.withJournal { journal in
            let times: [Int64] = [10, 30, 20, 50, 40]
            try await journal.commit(Batch(from: 1, times.map { .sampled(.at($0)) }))
            #expect(try await journal.plainSamples(query()) == [50, 40, 30, 20, 10].map { .at($0) })
            #expect(try await journal.plainSamples(query(limit: 2)) == [50, 40].map { .at($0) })
            #expect(try await journal.plainSamples(query(from: 20, to: 40)) == [30, 20].map { .at($0) })
            #expect(try await journal.plainSamples(query(from: 20, to: 40, limit: 1)) == [.at(30)])
            #expect(try await journal.plainSamples(query(from: 51)) == [])
            #expect(try await journal.plainSamples(query(limit: 0)) == [])
            #expect(try await journal.plainSamples(query(limit: -1)) == [])
        }
    }

    @Test func samplesAreOfTheAskedDevicePinAndKind() async throws {
        let pin = GPIO(0)!
        let warmth = SensorKey(gpio: pin, type: "sht31_temp", address: .i2c(68))
        try await folder.withJournal { journal in
            let facts: [Fact] = [
                .sampled(.at(1, unit: "%"), by: .humidity), .sampled(.at(2, unit: "°C"), by: warmth),
                .sampled(.at(3, unit: "%"), by: .humidity), .sampled(.at(4)),
                .sampled(.at(5), by: .humidity, of: .beta),
            ]
            try await journal.commit(Batch(from: 1, facts))
            #expect(try await journal.plainSamples(query(warmth)).map(\.eventTime) == [3, 2, 1].map { .at($0) })
            #expect(try await journal.plainSamples(query(warmth)).map(\.unit) == ["%", "°C", "%"])
            #expect(try await journal.plainSamples(query(warmth, limit: 2)).map(\.eventTime) == [3, 2].map { .at($0) })
            #expect(try await journal.plainSamples(query(warmth, type: "sht31_temp")).map(\.eventTime) == [.at(2)])
            #expect(try await journal.plainSamples(query(.humidity, of: .beta)).map(\.eventTime) == [.at(5)])
            #expect(try await journal.plainSamples(query(.probe)) == [])
        }
    }

    /// Several chunks, so that samples lie in the table `history`, half-way into it, and not yet in it.
    @Test func noSampleIsMissedWhileTheTableBySensorFillsUp() async throws {
        let total = HistoryBacklog.chunk * 5 / 2
        let keys: [SensorKey] = [.ph, .humidity, .probe]
        let event: (Int) -> Int64 = { Int64(($0 * 7919) % total) }
        try await folder.withJournal { journal in
            for start in stride(from: 0, to: total, by: 1_500) {
                let numbers = start..<min(start + 1_500, total)
                let facts = numbers.map {
                    Fact.sampled(.at(event($0), digest: UInt64($0)), by: keys[$0 % 3])
                }
                try await journal.commit(Batch(from: UInt64(start) + 1, facts))
                let expected = (0..<numbers.upperBound).filter { $0 % 3 == 1 }.map(event).sorted(by: >)
                let found = try await journal.plainSamples(query(.humidity, limit: 10_000))
                #expect(found.map(\.eventTime) == expected.prefix(10_000).map { .at($0) })
            }
        }
        let reopened = try await folder.withJournal { try await $0.plainSamples(query(.probe, limit: 10_000)) }
        let expected = (0..<total).filter { $0 % 3 == 2 }.map(event).sorted(by: >)
        #expect(reopened.map(\.eventTime) == expected.prefix(10_000).map { .at($0) })
    }

    @Test func aCommandIsFoundWithItsLatestRecord() async throws {
        var record = CommandRecord.example("c-1")
        try await folder.withJournal { journal in
            var batch = Batch(from: 1)
            batch.commands = [record, .example("c-2")]
            try await journal.commit(batch)
            #expect(try await journal.command(CommandID("c-1")) == record)
            record.state = .confirmed
            record.note("status", at: .at(9), "on, level 255")
            batch.commands = [record]
            try await journal.commit(batch)
        }
        try await folder.withJournal { journal in
            let stored = try await journal.command(CommandID("c-1"))
            #expect(stored == record)
            #expect(try await journal.command(CommandID("c-2"))?.state == .accepted)
            #expect(try await journal.command(CommandID("c-3")) == nil)
        }
    }

    @Test func aCancelledReadEndsAndTheNextOneWorks() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, [.sampled(.at(1))]))
            let query = query()
            let reader = Task { () throws -> [Sample] in
                unsafe withUnsafeCurrentTask { unsafe $0?.cancel() }
                return try await journal.plainSamples(query)
            }
            await #expect(throws: CancellationError.self) { try await reader.value }
            #expect(try await journal.plainSamples(query).count == 1)
        }
    }
}
