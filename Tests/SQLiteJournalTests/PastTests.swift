import GRDB
import Synchronization
import Testing
import TwinCore

@testable import SQLiteJournal
@testable import TwinRuntime

@Suite struct PastTests {
    private let folder = JournalFolder()

    private func options(interval: Int64 = 60_000, facts: UInt64 = 1_000) -> JournalOptions {
        var options = JournalOptions()
        (options.pastIntervalMilliseconds, options.pastFacts) = (interval, facts)
        return options
    }

    /// What a replay of one device reads: the snapshot, and the sequence numbers of the facts.
    private struct Read: Sendable, Equatable {
        var snapshot: UInt64?
        var facts: [UInt64] = []
        var last: UInt64 = 0
        var uptime: Int64 = 0
    }

    private func read(_ journal: SQLiteJournal, _ device: DeviceID = .alpha, at milliseconds: Int64) async throws
        -> Read
    {
        try await journal.read(PastQuery(.one(device), at: .at(milliseconds), mayGoOn: {})) { stretch in
            var read = Read(last: stretch.lastSequence, uptime: stretch.moment.uptime.milliseconds)
            try stretch.forEach { step in
                switch step {
                case .snapshot(_, let sequence): read.snapshot = sequence
                case .fact(_, let sequence): read.facts.append(sequence)
                }
            }
            return read
        }
    }

    /// A beat of a device, one a second from second 1 on, with a snapshot now and then.
    private func beat(
        _ journal: SQLiteJournal, _ seconds: ClosedRange<Int64>, of device: DeviceID = .alpha, from sequence: UInt64,
        snapshotEvery span: Int64
    ) async throws {
        for (offset, second) in seconds.enumerated() {
            let number = sequence + UInt64(offset)
            var batch = Batch(from: number, [.happened(.cameOnline, to: device, at: second * 1000)])
            if second % span == 0 { batch.snapshots = [.example(device, revision: number)] }
            try await journal.commit(batch)
        }
    }

    @Test func `a replay reads the snapshot before the instant and what came after it`() async throws {
        try await folder.withJournal(options()) { journal in
            try await beat(journal, 1...300, from: 1, snapshotEvery: 10)
            #expect(try await read(journal, at: 5_500) == Read(facts: Array(1...5), last: 5, uptime: 5_500))
            #expect(try await read(journal, at: 10_000).snapshot == 10)
            let later = try await read(journal, at: 95_999)
            #expect(later == Read(snapshot: 70, facts: Array(71...95), last: 95, uptime: 95_999))
            #expect(try await read(journal, at: 400_000).snapshot == 300)
            #expect(try await read(journal, at: 400_000).facts == [])
            #expect(try await read(journal, at: 999) == Read())
        }
    }

    @Test func `many facts make a snapshot worth keeping before its time`() async throws {
        try await folder.withJournal(options(interval: 3_600_000, facts: 50)) { journal in
            try await beat(journal, 1...200, from: 1, snapshotEvery: 10)
            let read = try await read(journal, at: 155_500)
            #expect(read.snapshot == 110)
            #expect(read.facts == Array(111...155))
        }
    }

    @Test func `while a device is silent nothing has to be read, however much others say`() async throws {
        try await folder.withJournal(options()) { journal in
            try await beat(journal, 1...30, from: 1, snapshotEvery: 10)
            try await beat(journal, 31...600, of: .beta, from: 31, snapshotEvery: 10)
            try await beat(journal, 601...640, from: 601, snapshotEvery: 10)
            let read = try await read(journal, at: 400_000)
            #expect(read == Read(snapshot: 30, facts: [], last: 400, uptime: 400_000))
            let start = try await journal.read(PastQuery(.one(.alpha), at: .at(605_000), mayGoOn: {})) { stretch in
                var first: UInt64?
                try stretch.forEach { if case .fact(_, let sequence) = $0 { first = first ?? sequence } }
                return first
            }
            #expect(start == 601)
        }
    }

    @Test func `where the wall clock was set back the second coming of an instant counts`() async throws {
        try await folder.withJournal { journal in
            let times: [Int64] = [1_000, 2_000, 3_000, 3_001, 3_000, 1_500, 2_500, 9_000]
            for (offset, time) in times.enumerated() {
                try await journal.commit(Batch(from: UInt64(offset) + 1, [.happened(.cameOnline, at: time)]))
            }
            let expected: [(at: Int64, last: UInt64)] = [
                (999, 0), (1_000, 1), (1_499, 1), (1_500, 6), (2_499, 6), (2_500, 7), (3_000, 7), (8_999, 7),
                (9_000, 8),
            ]
            for (at, last) in expected { #expect(try await read(journal, at: at).last == last, "at \(at)") }
        }
    }

    @Test func `a sample is what it was before it was computed again`() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, [.sampled(.at(10)), .sampled(.at(20))]))
            let query = RecomputationQuery(
                device: .alpha, sensor: .ph, from: .at(0), to: .at(100), through: .max / 2)
            for factor in [2.0, 3.0] {
                _ = try await journal.recompute(query) { sample in
                    var new = sample
                    (new.value, new.unit, new.quality) = (sample.raw * factor, "mV", .poor)
                    new.model = ModelStamp(version: UInt32(factor), calibration: 1)
                    return new
                }
            }
            let facts = try await journal.read(PastQuery(.one(.alpha), at: .at(100), mayGoOn: {})) { stretch in
                var facts: [Fact] = []
                try stretch.forEach { if case .fact(let fact, _) = $0 { facts.append(fact) } }
                return facts
            }
            #expect(facts == [.sampled(.at(10)), .sampled(.at(20))])
        }
    }

    @Test func `what is not kept any more is said, and what is kept is enough for all instants after it`() async throws
    {
        try await folder.withJournal(options()) { try await beat($0, 1...300, from: 1, snapshotEvery: 10) }
        try folder.write { db in
            let time = UnixTime.at(200_000).milliseconds
            try Schema.set(Schema.Mark.pastFrom, to: time, db)
            for key in try PastSnapshots.needless(before: time, limit: 1_000, db) {
                try db.execute(
                    sql: "DELETE FROM past_snapshots WHERE device = ? AND last_sequence = ?",
                    arguments: [key.device, key.sequence])
            }
        }
        try await folder.withJournal(options()) { journal in
            await #expect(throws: PastFailure.notKept(from: .at(200_000))) { try await read(journal, at: 199_999) }
            let kept = try await read(journal, at: 200_000)
            #expect(kept.snapshot == 190)
        }
        let older = try folder.write {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM past_snapshots WHERE last_sequence < 190")
        }
        #expect(older == 0)
    }

    @Test func `one request is answered at a time, and none takes longer than it may`() async throws {
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, [.happened(.discovered(.god, approved: true), at: 0)]))
            let clock = ImpatientLoop()
            let past = PastViews(journal, clock: clock)
            await #expect(throws: PastFailure.tooLong(milliseconds: PastViews.maximumMilliseconds)) {
                _ = try await past.twin(.alpha, at: .at(1), Catalogue(sensorKinds: [], actuatorKinds: []))
            }
            let held = HeldStore()
            let views = PastViews(held, clock: folder.loop)
            async let first = views.twin(.alpha, at: .at(1), Catalogue(sensorKinds: [], actuatorKinds: []))
            await held.isAsked()
            await #expect(throws: PastFailure.busy) {
                _ = try await views.twin(.alpha, at: .at(1), Catalogue(sensorKinds: [], actuatorKinds: []))
            }
            held.goOn()
            let nobody = try await first
            #expect(nobody == nil)
            #expect(
                try await PastViews(journal, clock: folder.loop).twin(
                    .alpha, at: .at(1), Catalogue(sensorKinds: [], actuatorKinds: [])) != nil)
        }
    }
}

/// A clock on which a minute passes with each look.
private final class ImpatientLoop: Loop {
    private let looks = Mutex<UInt64>(0)

    var moment: Moment { .at(0) }
    var uptimeNanoseconds: UInt64 {
        looks.withLock {
            $0 += 60_000_000_000; return $0
        }
    }
    func post(_ job: @escaping @Sendable () -> Void) {}
    func schedule(at deadline: Uptime, _ job: @escaping @Sendable () -> Void) -> any LoopTimer {
        preconditionFailure("nobody waits on this clock")
    }
    func enqueue(_ job: consuming ExecutorJob) { preconditionFailure("nothing runs on this clock") }
}

/// A store that knows nothing, and answers when it is told to.
private final class HeldStore: PastStore {
    private let asked = AsyncStream.makeStream(of: Void.self)
    private let released = AsyncStream.makeStream(of: Void.self)

    func isAsked() async { for await _ in asked.stream { break } }
    func goOn() { released.continuation.finish() }

    func read<Rebuilt: Sendable>(
        _ query: PastQuery, _ rebuild: @escaping @Sendable (PastStretch) throws -> Rebuilt
    ) async throws -> Rebuilt {
        asked.continuation.yield()
        for await _ in released.stream {}
        return try rebuild(PastStretch(moment: .at(0), lastSequence: 0, devices: [], forEach: { _ in }))
    }
}
