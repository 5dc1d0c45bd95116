extension LibraryTransferState {
    /// Takes one fact into the state.
    public mutating func apply(_ event: LibraryEvent, at moment: Moment) {
        switch event {
        case .requested(let name, _, _): if isUnderWay, name == plan?.name { lastWordAt = moment }
        case .refused(_, let reason): refusal = reason
        case .begun(let plan): applyBeginning(plan, at: moment)
        case .ready: lastWordAt = moment
        case .chunkSent(_, let chunk, let attempt):
            // Asked for once more, although it was acknowledged: it counts as lacking until it is so again.
            if chunk < nextChunk { note(missing: [chunk]) }
            sends += 1
            completions = 0
            change(to: .sending(chunk: chunk, attempt: attempt), at: moment)
        case .chunkAcknowledged(_, let chunk):
            if chunk == nextChunk { nextChunk += 1 } else { missing.removeAll { $0 == chunk } }
            lastWordAt = moment
        case .completed:
            completions += 1
            change(to: .completing, at: moment)
        case .chunksMissing(_, let chunks):
            if phase == .completing { rounds += 1 }
            note(missing: chunks)
            lastWordAt = moment
        case .installed(let name):
            installed = name
            if phase == .completing, name == plan?.name { change(to: .done, at: moment) }
        case .failed(_, let reason): change(to: .failed(reason), at: moment)
        case .stray: break  // Kept as a fact; it says nothing about the transfer under way.
        }
    }

    /// A new run of the runtime began: what was under way gets its full time, and its repetitions, once more.
    public mutating func beginRun(at moment: Moment) {
        since = since.map { Moment(time: $0.time, uptime: moment.uptime) }
        lastWordAt = lastWordAt.map { Moment(time: $0.time, uptime: moment.uptime) }
        switch phase {
        case .sending(let chunk, _): phase = .sending(chunk: chunk, attempt: 1)
        case .completing: completions = 1
        case .announced, .done, .failed: break
        }
    }

    /// The announcement of a transfer that is under way leaves what the device has untouched.
    private mutating func applyBeginning(_ plan: LibraryTransfer.Plan, at moment: Moment) {
        if !isUnderWay || plan.id != self.plan?.id {
            let installed = installed
            self = Self()
            self.installed = installed
            lastWordAt = moment
        }
        self.plan = plan
        refusal = nil
        completions = 0
        change(to: .announced, at: moment)
    }

    private mutating func note(missing chunks: [Int]) {
        for chunk in chunks where chunk < nextChunk && !missing.contains(chunk) { missing.append(chunk) }
        missing.sort()
    }

    private mutating func change(to phase: Phase, at moment: Moment) {
        self.phase = phase
        since = moment
    }
}
