import Synchronization
import Testing
import TwinCore
import TwinRuntime

@Suite struct `Two stores of the past as one` {
    /// A store that keeps what is not older than an instant, and counts how often it is asked.
    private final class Store: PastStore {
        let name: UInt64
        let from: UnixTime
        let asked = Mutex(0)

        init(_ name: UInt64, from: Int64) {
            self.name = name
            self.from = UnixTime(milliseconds: from)
        }

        func read<Rebuilt: Sendable>(
            _ query: PastQuery, _ rebuild: @escaping @Sendable (PastStretch) throws -> Rebuilt
        ) async throws -> Rebuilt {
            asked.withLock { $0 += 1 }
            guard query.at >= from else { throw PastFailure.notKept(from: from) }
            let moment = Moment(time: query.at, uptime: Uptime(milliseconds: 0))
            return try rebuild(PastStretch(moment: moment, lastSequence: name, devices: [], forEach: { _ in }))
        }
    }

    private let recent = Store(1, from: 100)
    private let older = Store(2, from: 50)

    private func who(at milliseconds: Int64) async throws -> UInt64 {
        let query = PastQuery(.after(nil, limit: 1), at: UnixTime(milliseconds: milliseconds), mayGoOn: {})
        return try await TieredPast(recent: recent, older: older).read(query) { $0.lastSequence }
    }

    @Test func `the embedded one answers for what it keeps, and the other is not even asked`() async throws {
        #expect(try await who(at: 100) == 1)
        #expect(older.asked.withLock { $0 } == 0)
        #expect(try await who(at: 99) == 2)
        #expect(older.asked.withLock { $0 } == 1)
    }

    @Test func `what neither keeps is said with the earlier of both ends`() async throws {
        await #expect(throws: PastFailure.notKept(from: UnixTime(milliseconds: 50))) { try await who(at: 49) }
    }
}
