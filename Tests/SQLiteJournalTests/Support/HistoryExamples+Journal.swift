import HistoryExamples
import Testing
import TwinCore
import TwinRuntime

@testable import SQLiteJournal

extension HistoryExamples {
    /// The facts of a batch.
    func facts(_ batch: Int) -> [Fact] {
        batches[batch].map { delivery in
            let series = series[delivery.series]
            return Fact.sampled(delivery.sample, by: series.key, of: series.device)
        }
    }

    /// When a batch is stored.
    func time(_ batch: Int) -> UnixTime { batches[batch].last.map(\.sample.receiptTime) ?? span.lowerBound }

    /// Long after everything.
    var end: UnixTime { span.upperBound.advanced(byMilliseconds: 90 * 86_400_000) }

    /// Stores batches.
    func store(_ batches: Range<Int>, in journal: SQLiteJournal) async throws {
        for batch in batches {
            let before = self.batches.prefix(batch).map(\.count).reduce(0, +)
            try await journal.commit(Batch(from: UInt64(before) + 1, facts(batch)))
        }
    }

    /// Asks questions and compares the answers; says what is wrong.
    func wrong(
        _ journal: SQLiteJournal, afterBatches count: Int, _ questions: [Question],
        change: (Int, Sample) -> Sample = { $1 }
    ) async throws -> [String] {
        var wrong: [String] = []
        for question in questions {
            let series = series[question.series]
            let sensors = try await journal.sensors(SensorQuery(device: series.device))
            guard let sensor = sensors.first(where: { $0.key == series.key }) else { continue }
            let answer = try await journal.buckets(
                BucketQuery(sensor: sensor, resolution: question.resolution, span: question.span))
            let right = self.answer(question, afterBatches: count) { change(question.series, $0) }
            if let difference = Self.difference(of: answer, from: right) { wrong.append("\(question): \(difference)") }
        }
        return wrong
    }

    /// Every so many questions, beginning with one of them.
    func some(_ stride: Int, from first: Int) -> [Question] {
        questions.indices.filter { $0 % stride == first % stride }.map { questions[$0] }
    }
}
