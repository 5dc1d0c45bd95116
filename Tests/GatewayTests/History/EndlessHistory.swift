import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization
import TwinCore
import TwinRuntime

@testable import Gateway

/// A store with one sensor of any number of samples, none of which is in memory.
final class EndlessHistory: HistoryStore {
    let calendar = SiteCalendar.utc
    private let count: Int
    private let failsAfter: Int
    private let questions = Mutex(0)

    init(count: Int, failsAfter: Int = .max) {
        self.count = count
        self.failsAfter = failsAfter
    }

    /// How often it was asked for samples.
    var asked: Int { questions.withLock { $0 } }

    func sensors(_ query: SensorQuery) async throws -> [StoredSensor] { [Cellar.probe] }

    func samples(_ query: SampleQuery) async throws -> [StoredSample] {
        let asked = questions.withLock { questions in
            questions += 1
            return questions
        }
        if asked > failsAfter { throw JournalFailure("the disk is gone") }
        let first = query.after.map { Int($0.sequence) } ?? 0
        return (first..<max(first, min(count, first + query.limit))).map { number in
            let time = UnixTime(milliseconds: 1_700_000_000_000 + Int64(number) * 1000)
            return StoredSample(
                sensor: Cellar.probe, sample: Cellar.sample(time, Double(number) / 3), sequence: UInt64(number + 1))
        }
    }

    func buckets(_ query: BucketQuery) async throws -> [Bucket] { [] }
    func extent(of sensor: StoredSensor) async throws -> ClosedRange<UnixTime>? { nil }
    func command(_ id: CommandID) async throws -> CommandRecord? { nil }
    func deadLetters(limit: Int) async throws -> DeadLetterReport { DeadLetterReport(counts: [], items: []) }
}

/// Takes a body, and notes how far the store was ahead of it.
final class CountingWriter: ResponseBodyWriter, Sendable {
    struct Seen: Sendable {
        var writes = 0
        var rows = 0
        var largestPart = 0
        var largestLead = 0
        var isFinished = false
    }

    private let store: EndlessHistory
    private let state = Mutex(Seen())

    init(store: EndlessHistory) { self.store = store }

    var seen: Seen { state.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        let asked = store.asked
        state.withLock { seen in
            // The first line is the header.
            seen.largestLead = max(seen.largestLead, asked - seen.writes)
            seen.writes += 1
            seen.rows += buffer.readableBytesView.count { $0 == UInt8(ascii: "\n") }
            seen.largestPart = max(seen.largestPart, buffer.readableBytes)
        }
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws { state.withLock { $0.isFinished = true } }
}
