import Synchronization
import TwinCore
import TwinRuntime

/// A store that holds what a test put into it.
final class FakeHistory: HistoryStore {
    struct Script: Sendable {
        var samples: [Sample] = []
        var queries: [SampleQuery] = []
        var command: CommandRecord?
        var letters = DeadLetterReport(counts: [], items: [])
        var failure: JournalFailure?
    }

    let script = Mutex(Script())

    /// What it answers and was asked so far.
    var seen: Script { script.withLock { $0 } }

    func change(_ change: (inout sending Script) -> Void) { script.withLock { change(&$0) } }

    func samples(_ query: SampleQuery) async throws -> [Sample] {
        let (failure, samples) = script.withLock { script in
            script.queries.append(query)
            return (script.failure, script.samples)
        }
        if let failure { throw failure }
        let wanted = samples.filter { sample in
            (query.from.map { sample.eventTime >= $0 } ?? true) && (query.to.map { sample.eventTime < $0 } ?? true)
        }
        return Array(wanted.prefix(query.limit))
    }

    func command(_ id: CommandID) async throws -> CommandRecord? {
        script.withLock { script in script.command.flatMap { $0.order.id == id ? $0 : nil } }
    }

    func deadLetters(limit: Int) async throws -> DeadLetterReport {
        let (failure, letters) = script.withLock { ($0.failure, $0.letters) }
        if let failure { throw failure }
        return DeadLetterReport(counts: letters.counts, items: Array(letters.items.prefix(limit)))
    }
}
