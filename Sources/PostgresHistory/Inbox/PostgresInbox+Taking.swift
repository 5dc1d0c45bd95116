import EventLoop
import TwinCore
import TwinRuntime

extension PostgresInbox {
    /// Takes everything that waits, batch by batch.
    func takeWaiting() async throws {
        let waiting = try await table.waiting()
        bell.note { standing in
            standing.waiting = waiting.rows
            standing.oldest = waiting.oldest
            standing.isOthers = false
        }
        guard waiting.rows > 0 else { return }
        let holder = try await holder()
        do {
            while !rounds.isStopping {
                guard let messages = try await table.next(for: holder) else {
                    bell.note { $0.isOthers = true }
                    return
                }
                guard !messages.isEmpty else { break }
                let refusals = try await handIn(messages)
                // Only now, when the journal has them.
                try await table.note(messages, refusals)
                bell.note { standing in
                    standing.trouble = nil
                    standing.taken += messages.count
                    standing.refused += refusals.count { $0 != nil }
                    standing.waiting = max(0, standing.waiting - messages.count)
                }
            }
        } catch {
            // Another Doppel may be able to take them.
            try? await table.release(holder)
            throw error
        }
        try await table.release(holder)
    }

    /// Hands messages to the twins and waits until what came of them is durable.
    private func handIn(_ messages: [InboxTable.Message]) async throws(ServiceError) -> [Refusal?] {
        var batch = InboundBatch()
        for message in messages {
            batch.append(topic: message.topic.utf8, payload: message.payload.utf8, isRetained: false, qos: 1)
        }
        let (loop, street, handed) = (loop, street, batch)
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<[Refusal?], ServiceError>, Never>) in
            loop.post { street(handed) { continuation.resume(returning: $0) } }
        }
        return try result.get()
    }
}
