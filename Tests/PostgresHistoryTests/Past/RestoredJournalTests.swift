import EventLoop
import Foundation
import PostgresCluster
import Testing
import TwinCore
import TwinRuntime

@testable import PostgresHistory
@testable import SQLiteJournal

/// A journal that was restored from a backup goes on where it branched off.
@Suite struct `A restored journal in PostgreSQL` {
    private static let device = DeviceID("ESP_00000A")!
    private static let key = SensorKey(gpio: GPIO(34)!, type: "ph", address: .none)
    private static let token = EmergencyToken("s3cr/et\"1")!

    private func moment(_ second: Int64) -> Moment {
        Moment(
            time: UnixTime(milliseconds: 1_790_000_000_000 + second * 1_000),
            uptime: Uptime(milliseconds: second * 1_000))
    }

    private func fact(_ second: Int64, _ event: DeviceEvent) -> Fact {
        Fact(device: Self.device, moment: moment(second), event: .device(event))
    }

    private func sample(_ second: Int64, received: Int64? = nil) -> Fact {
        let (time, received) = (moment(second).time, moment(received ?? second))
        let sample = Sample(
            raw: Double(second), value: Double(second), unit: "pH", quality: .good, eventTime: time,
            receiptTime: received.time,
            claimedTime: time, digest: UInt64(second), isTimely: true)
        return Fact(device: Self.device, moment: received, event: .sensor(Self.key, .sampled(sample)))
    }

    private func twin(_ second: Int64) -> DeviceSnapshot {
        var state = DeviceState(
            address: DeviceAddress(kaiser: .god, device: Self.device), isApproved: true, at: moment(second))
        state.apply(.token(.sent(Self.token, .device)), at: moment(second))
        return DeviceSnapshot(revision: UInt64(second), device: state, sensors: [], actuators: [])
    }

    private func batch(_ first: UInt64, _ facts: [Fact], _ twins: [DeviceSnapshot] = []) -> Batch {
        var batch = Batch(firstSequence: first)
        (batch.facts, batch.snapshots) = (facts, twins)
        return batch
    }

    /// What a look reads: the place of the twin, and those of the facts behind it.
    private struct Steps: Sendable, Equatable {
        var twin: UInt64?
        var facts: [UInt64] = []
        var seconds: [Int64] = []
    }

    private func look(_ fed: FeedingJournal, _ link: PostgresLink, at second: Int64) async throws -> Steps {
        let query = PastQuery(.one(Self.device), at: moment(second).time, mayGoOn: {})
        return try await PostgresPast(link, of: fed.journal).read(query) { stretch in
            var steps = Steps()
            try stretch.forEach { step in
                switch step {
                case .snapshot(_, let sequence): steps.twin = sequence
                case .fact(let fact, let sequence):
                    steps.facts.append(sequence)
                    steps.seconds.append((fact.moment.time.milliseconds - 1_790_000_000_000) / 1_000)
                }
            }
            return steps
        }
    }

    private func numbers(_ sql: String, _ link: PostgresLink) async throws -> [Int64] {
        let rows = try await link.query(sql)
        return try (0..<rows.count).map { try rows.wholeNumber($0, 0) }
    }

    @Test(arguments: [true, false])
    func `doubles nothing, loses nothing, and each instant is of the journal that ran then`(
        isFedBefore: Bool
    ) async throws {
        try await withDatabase { link, recorder in
            try await SchemaMigrator(link).migrate()
            let first = try FeedingJournal(on: recorder.loop)
            try await first.commit(batch(1, [fact(1, .discovered(.god, approved: true)), sample(2)], [twin(2)]))
            try await first.commit(batch(3, [fact(3, .token(.sent(Self.token, .device))), sample(4), sample(5)]))
            if isFedBefore { try await first.feed(link, batchRows: 2) }
            let file = first.folder + ".backup"
            defer { try? FileManager.default.removeItem(atPath: file) }
            _ = try JournalBackup(file).make(of: first.folder, by: "1", at: moment(6).time, overwrites: false)
            try await first.commit(batch(6, [fact(7, .cameOnline), sample(8), sample(9)], [twin(9)]))
            if isFedBefore { try await first.feed(link) }
            await first.close()

            let folder = first.folder + "-restored"
            let still = StillLoop(recorder.loop, at: moment(20))
            _ = try await JournalBackup(file).restore(
                into: folder, replaces: false, loop: still, stop: IncidentID("inc-1"), by: "admin:mara")
            let second = try FeedingJournal(folder, on: recorder.loop)
            // The broker delivers once more what it was not acknowledged.
            try await second.commit(batch(7, [fact(21, .cameOnline), sample(9, received: 22), sample(22)], [twin(22)]))
            try await second.commit(batch(10, [sample(30), sample(31)]))
            try await second.feed(link, batchRows: 3)

            let values = try await numbers("SELECT raw_value::bigint FROM sensor_readings ORDER BY event_time", link)
            #expect(values == (isFedBefore ? [2, 4, 5, 8, 9, 22, 30, 31] : [2, 4, 5, 9, 22, 30, 31]))
            let kinds = try await link.query("SELECT string_agg(kind, ' ' ORDER BY position) FROM facts")
            #expect(
                try kinds.text(0, 0) == "device.discovered device.token_sent "
                    + (isFedBefore ? "device.came_online " : "") + "site.stop_latched device.came_online")
            #expect(try await numbers("SELECT count(*) FROM twin_snapshots", link) == [1])
            let journals = try await numbers("SELECT shared_through FROM journals ORDER BY number", link)
            #expect(journals == (isFedBefore ? [0, 5] : [0]))

            #expect(try await look(second, link, at: 4) == Steps(twin: 2, facts: [3, 4], seconds: [3, 4]))
            // What was delivered once more is the younger journal's.
            #expect(try await look(second, link, at: 15).seconds == (isFedBefore ? [3, 4, 5, 7, 8] : [3, 4, 5]))
            let later = try await look(second, link, at: 30)
            #expect(later.twin == 9 && later.facts == [10])
            let between = try await look(second, link, at: 21)
            #expect(between == Steps(twin: 2, facts: [3, 4, 5, 6, 7], seconds: [3, 4, 5, 20, 21]))
            try await holdsNoToken(link)
            await second.close()
        }
    }

    private func holdsNoToken(_ link: PostgresLink) async throws {
        for table in ["facts", "twins", "twin_snapshots"] {
            let rows = try await link.query(
                "SELECT count(*) FROM \(table) WHERE body::text LIKE '%s3cr%' OR body::text LIKE '%hidden-%'")
            let found = try rows.wholeNumber(0, 0)
            #expect(found > 0, "\(table)")
            let clear = try await numbers("SELECT count(*) FROM \(table) WHERE body::text LIKE '%s3cr%'", link)
            #expect(clear == [0], "\(table)")
        }
    }
}
