extension LibraryTransferState {
    /// Goes on as it will be right to after an event: with the next chunk, or with the word that all was sent.
    func goOn(
        after event: LibraryEvent, _ plan: LibraryTransfer.Plan, _ libraries: [Library], at moment: Moment
    ) -> LibraryDecision {
        var next = self
        next.apply(event, at: moment)
        return next.goOn(plan, libraries).preceded(by: event)
    }

    /// Sends the next chunk, or says that all was sent.
    func goOn(_ plan: LibraryTransfer.Plan, _ libraries: [Library]) -> LibraryDecision {
        guard let chunkToSend else { return complete(plan) }
        return send(chunkToSend, attempt: 1, plan, libraries, "")
    }

    /// Says that all was sent.
    func complete(_ plan: LibraryTransfer.Plan) -> LibraryDecision {
        LibraryDecision(events: [.completed(plan.id)], orders: [.complete(plan)])
    }

    /// Sends a chunk, unless it was sent too often or the library is not the one that was announced.
    ///
    /// - Parameter cause: Why it is sent again, for the case that it is not.
    func send(
        _ chunk: Int, attempt: Int, _ plan: LibraryTransfer.Plan, _ libraries: [Library], _ cause: String
    ) -> LibraryDecision {
        guard attempt <= 1 + Self.maximumRetries else {
            return .failed(
                plan, "chunk \(chunk + 1) of \(plan.chunkCount) was sent \(attempt - 1) times; the last time \(cause)")
        }
        guard sends < Self.maximumSendsPerChunk * plan.chunkCount else {
            return .failed(plan, "the device asked for \(sends) chunks of a library that has \(plan.chunkCount)")
        }
        guard let bytes = libraries.first(where: plan.isOf)?.chunk(chunk) else {
            return .failed(plan, Self.changed(plan))
        }
        return LibraryDecision(
            events: [.chunkSent(plan.id, chunk, attempt: attempt)],
            orders: [.chunk(plan, index: chunk, bytes: bytes)])
    }

    static func changed(_ plan: LibraryTransfer.Plan) -> String {
        "'\(plan.name)' was changed or removed while it was sent; the device may ask again"
    }
}

extension LibraryDecision {
    /// The device spoke of a transfer that is not under way, or too early.
    static func stray(_ message: LibraryMessage) -> Self {
        guard case .finished(let download, let isSuccess, let failedChunks, let error) = message else {
            return .only(.stray(message))
        }
        let chunks = Array(failedChunks.prefix(Library.maximumChunks))
        return .only(
            .stray(.finished(download: download, isSuccess: isSuccess, failedChunks: chunks, error: error)))
    }
}
