extension LibraryTransferState {
    /// Decides on what the device says.
    ///
    /// A late or repeated word about the transfer under way that changes nothing is no event; a word about any other
    /// transfer is kept as ``LibraryEvent/stray(_:)``.
    ///
    /// - Parameters:
    ///   - libraries: What there is now; chunks are cut from it.
    ///   - revision: The twin's revision, which makes the transfer's id unique.
    public func decide(
        on message: LibraryMessage, libraries: [Library], revision: UInt64, at moment: Moment
    ) -> LibraryDecision {
        switch message {
        case .requested(let name, let request, let reason):
            return decide(onRequest: request, for: name, libraries, CommandID("lib-\(revision)"))
                .preceded(by: .requested(name: name, request: request, reason: reason))
        case .ready(let download, let isReady, let freeHeapBytes):
            guard let plan = planUnderWay(download) else { return .stray(message) }
            return decide(isReady, freeHeapBytes, plan, libraries)
        case .acknowledged(let download, let chunk, let isIntact):
            guard let plan = planUnderWay(download), plan.has(chunk) else { return .stray(message) }
            guard let current, current.chunk == chunk else { return LibraryDecision() }
            guard isIntact else {
                return send(chunk, attempt: current.attempt + 1, plan, libraries, "it arrived damaged")
            }
            return goOn(after: .chunkAcknowledged(plan.id, chunk), plan, libraries, at: moment)
        case .chunkRequested(let download, let chunk, _):
            guard let plan = planUnderWay(download), plan.has(chunk) else { return .stray(message) }
            return decide(onRepetitionOf: chunk, plan, libraries)
        case .finished(let download, let isSuccess, let failedChunks, let error):
            guard let plan = planUnderWay(download) else { return .stray(message) }
            if isSuccess { return phase == .completing ? .only(.installed(name: plan.name)) : .stray(message) }
            return decide(onLacking: failedChunks, error, plan, libraries, message, at: moment)
        case .installed(let name): return decide(onInstalled: name, message)
        case .failed(let download, let reason):
            guard let plan = planUnderWay(download) else { return .stray(message) }
            return .failed(plan, "the device gave up: \(reason)")
        }
    }

    /// The chunk that the device may speak of, and how often it was sent since the transfer got there.
    ///
    /// A request that the broker delivered twice makes us announce again a transfer that the device did not
    /// interrupt; it goes on with acknowledging.
    private var current: (chunk: Int, attempt: Int)? {
        switch phase {
        case .sending(let chunk, let attempt): (chunk, attempt)
        case .announced: sends > 0 ? chunkToSend.map { ($0, 0) } : nil
        case .completing, .done, .failed: nil
        }
    }

    private func decide(
        onRequest request: String, for name: String, _ libraries: [Library], _ id: CommandID
    ) -> LibraryDecision {
        if isUnderWay, let plan, plan.name != name {
            return .only(.refused(name: name, "'\(plan.name)' is under way; ask again when that transfer is over"))
        }
        let library = libraries.first { $0.name == name }
        if isUnderWay, let plan, let library, plan.isOf(library) { return .begin(plan.asked(by: request)) }
        var decision = decideOnNew(library, name, request, id)
        if isUnderWay, let plan { decision = decision.preceded(by: .failed(plan.id, Self.changed(plan))) }
        return decision
    }

    private func decideOnNew(
        _ library: Library?, _ name: String, _ request: String, _ id: CommandID
    ) -> LibraryDecision {
        guard let library else { return .only(.refused(name: name, "there is no library '\(name)'")) }
        guard (1...Library.maximumBytes).contains(library.bytes.count) else {
            let size = "'\(name)' has \(library.bytes.count) bytes, not 1 to \(Library.maximumBytes)"
            return .only(.refused(name: name, size))
        }
        return .begin(LibraryTransfer.Plan(library, id: id, request: request))
    }

    private func decide(
        _ isReady: Bool, _ freeHeapBytes: Int?, _ plan: LibraryTransfer.Plan, _ libraries: [Library]
    ) -> LibraryDecision {
        guard isReady else {
            let free = freeHeapBytes.map { ": \($0) bytes are free" } ?? ""
            return .failed(plan, "the device has no room for \(plan.byteCount) bytes\(free)")
        }
        guard phase == .announced else { return LibraryDecision() }
        return goOn(plan, libraries).preceded(by: .ready(plan.id))
    }

    /// A chunk that the device acknowledged before waits for its turn; one that it has not been sent comes anyway.
    private func decide(
        onRepetitionOf chunk: Int, _ plan: LibraryTransfer.Plan, _ libraries: [Library]
    ) -> LibraryDecision {
        if let current, current.chunk == chunk {
            return send(chunk, attempt: current.attempt + 1, plan, libraries, "the device asked for it again")
        }
        guard chunk < nextChunk, !missing.contains(chunk) else { return LibraryDecision() }
        if phase == .completing { return send(chunk, attempt: 1, plan, libraries, "the device asked for it again") }
        return .only(.chunksMissing(plan.id, [chunk]))
    }

    private func decide(
        onLacking chunks: [Int], _ error: String, _ plan: LibraryTransfer.Plan, _ libraries: [Library],
        _ message: LibraryMessage, at moment: Moment
    ) -> LibraryDecision {
        let lacking = chunks.filter(plan.has).sorted().reduce(into: [Int]()) { if $0.last != $1 { $0.append($1) } }
        guard !lacking.isEmpty else { return .failed(plan, "the device could not use it: \(error)") }
        // A list that was delivered twice: its chunks are on their way.
        guard phase == .completing else { return .stray(message) }
        guard rounds < Self.maximumRounds else {
            return .failed(
                plan,
                "the device still lacks chunks after \(rounds) rounds of repetition: \(lacking.count) of \(plan.chunkCount)"
            )
        }
        return goOn(after: .chunksMissing(plan.id, lacking), plan, libraries, at: moment)
    }

    /// A device may say so at any time, of a library that it took in long ago.
    private func decide(onInstalled name: String?, _ message: LibraryMessage) -> LibraryDecision {
        if phase == .completing, let plan, name == nil || name == plan.name {
            return .only(.installed(name: plan.name))
        }
        guard let name = name ?? installed else { return .stray(message) }
        return name == installed ? LibraryDecision() : .only(.installed(name: name))
    }
}

extension LibraryTransfer.Plan {
    fileprivate func has(_ chunk: Int) -> Bool { (0..<chunkCount).contains(chunk) }

    /// The same plan under the device's latest request, which is the one it expects to be answered.
    fileprivate func asked(by request: String) -> Self {
        Self(
            id: id, request: request, name: name, version: version, checksum: checksum, byteCount: byteCount,
            chunkCount: chunkCount, unpackedCount: unpackedCount)
    }
}
