import Dispatch
import Synchronization
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

@Suite struct RecomputationTests {
    let folder = JournalFolder()
    private static let stamp = ModelStamp(version: 0xABCD_EF01, calibration: 2)

    @Sendable private static func doubled(_ sample: Sample) -> Sample {
        var new = sample
        new.value = sample.raw * 2
        new.model = stamp
        return new
    }

    @Test func everySampleOfTheSpanIsComputedAgainAndNoOther() async throws {
        let count = Recomputation.rowsPerTransaction * 2 + 7
        let query = RecomputationQuery(
            device: .alpha, sensor: .ph, from: .at(10), to: .at(Int64(count)), through: .max / 2)
        try await folder.withJournal { journal in
            var facts: [Fact] = []
            for number in 0..<Int64(count) {
                facts.append(.sampled(.at(number, raw: Double(number)), by: .ph))
                facts.append(.sampled(.at(number, raw: 1), by: .probe))
            }
            try await journal.commit(Batch(from: 1, facts))
            let receipt = try await journal.recompute(query, Self.doubled)
            #expect(receipt == RecomputationReceipt(examined: count - 10, changed: count - 10))
            let again = try await journal.recompute(query, Self.doubled)
            #expect(again == RecomputationReceipt(examined: count - 10, changed: 0))
            let stored = try await journal.plainSamples(.all(of: .ph))
            #expect(stored.count == count)
            for sample in stored {
                let isInSpan = sample.eventTime >= .at(10)
                #expect(sample.model == (isInSpan ? Self.stamp : nil))
                #expect(sample.value == (isInSpan ? sample.raw * 2 : sample.raw / 4096 * 14))
            }
            let others = try await journal.plainSamples(.all(of: .probe))
            #expect(others.count == count && others.allSatisfy { $0.model == nil })
        }
    }

    @Test func commitsComeBetweenTheBlocks() async throws {
        let count = Recomputation.rowsPerTransaction * 8
        try await folder.withJournal { journal in
            let facts = (0..<Int64(count)).map { Fact.sampled(.at($0)) }
            try await journal.commit(Batch(from: 1, facts))
            let query = RecomputationQuery(
                device: .alpha, sensor: .ph, from: .at(0), to: .at(Int64(count)), through: .max / 2)
            let order = Order()
            let (begun, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let receipt = journal.recompute(query) { sample in
                if order.words.isEmpty {
                    order.note("computed")
                    begun.signal()
                    goOn.wait()
                }
                order.note("computed")
                return Self.doubled(sample)
            }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    begun.wait()
                    continuation.resume()
                }
            }
            // The first block waits in the journal's own queue while the commit lines up behind it.
            journal.commit(Batch(from: UInt64(count) + 1, [.happened(.cameOnline)])) { _ in order.note("committed") }
            goOn.signal()
            #expect(try await receipt.changed == count)
            let place = try #require(order.words.firstIndex(of: "committed"))
            #expect(place < order.words.count - Recomputation.rowsPerTransaction)
        }
    }

    @Test func whatAReplayMayStillReadStaysAsItWas() async throws {
        let query = RecomputationQuery(device: .alpha, sensor: .ph, from: .at(0), to: .at(99), through: 2)
        try await folder.withJournal { journal in
            try await journal.commit(Batch(from: 1, (0..<4).map { .sampled(.at($0)) }))
            let receipt = try await journal.recompute(query, Self.doubled)
            #expect(receipt == RecomputationReceipt(examined: 2, changed: 2))
        }
    }

    @Test func aSensorThatNeverSpokeHasNothingToCompute() async throws {
        let query = RecomputationQuery(device: .alpha, sensor: .ph, from: .at(0), to: .at(1), through: .max / 2)
        try await folder.withJournal { journal in
            let receipt = try await journal.recompute(query, Self.doubled)
            #expect(receipt == RecomputationReceipt(examined: 0, changed: 0))
        }
    }
}

/// Words in the order in which several threads said them.
private final class Order: Sendable {
    private let list = Mutex<[String]>([])

    var words: [String] { list.withLock { $0 } }

    func note(_ word: String) { list.withLock { $0.append(word) } }
}

extension SampleQuery {
    fileprivate static func all(of key: SensorKey) -> Self {
        SampleQuery(device: .alpha, gpio: key.gpio, type: nil, from: nil, to: nil, limit: Self.maximumLimit)
    }
}

extension SQLiteJournal {
    /// Computes again, and comes back with the receipt.
    func recompute(
        _ query: RecomputationQuery, _ compute: @escaping @Sendable (Sample) -> Sample
    ) async throws -> RecomputationReceipt {
        try await withCheckedContinuation { (continuation: CheckedContinuation<_, Never>) in
            recompute(query, compute) { continuation.resume(returning: $0) }
        }.get()
    }
}
