// What becomes of a step that a device did not carry out, or not entirely.

/// A device's word that something failed.
struct Failing {
    /// The contract's code; may be empty.
    let code: String
    /// The device's words.
    let detail: String
    /// Whether saying the same again can help.
    let isRetryable: Bool

    /// Judges a device's word; `isRetryable` is its own opinion.
    init(code: String, detail: String, isRetryable: Bool = false) {
        self.code = code
        self.detail = detail
        self.isRetryable = isRetryable || Self.isPassing(code)
    }

    /// What to show of it.
    var words: String {
        switch (code.isEmpty, detail.isEmpty) {
        case (false, false): "\(code): \(detail)"
        case (false, true): code
        case (true, false): detail
        case (true, true): "no reason given"
        }
    }

    /// Whether a code speaks of the moment and not of what was said.
    ///
    /// Full queues, storage that is slow or busy, something newer in the way, and states of a device that end.
    private static func isPassing(_ code: String) -> Bool {
        switch code {
        case "CONFIG_LANE_BUSY", "QUEUE_FULL", "OUTBOX_FULL", "PUBLISH_OUTBOX_FULL", "REPLAY_QUEUE_FULL",
            "PENDING_RING_EVICTION", "WRITE_TIMEOUT", "COMMIT_FAILED", "PERSISTENCE_DRIFT", "REPLAY", "TTL_EXPIRED",
            "SAFETY_QUEUE_FLUSHED", "SAFETY_EPOCH_INVALIDATED", "SAFETY_LOCKED", "REGISTRATION_PENDING",
            "CONFIG_PENDING_BLOCKED", "PENDING_APPROVAL_BLOCKED", "DEGRADED_MODE_BLOCKED":
            true
        default: code.hasPrefix("STALE_")
        }
    }
}

extension ConfigurationDraft {
    /// All of the step under way that is not answered failed.
    mutating func fail(_ failing: Failing) {
        guard let step else { return }
        if failing.isRetryable {
            end(.postponed(failing.words))
        } else {
            refuse(step.awaited, failing.words)
            end(.answered)
        }
    }

    /// Takes in an answer to `paths`, a section or a pin of it, of which not everything succeeded.
    mutating func take(_ answer: ConfigurationAnswer, of paths: [PropertyPath]) {
        guard let step else { return }
        let whole = Failing(code: answer.errorCode ?? "", detail: answer.message)
        let (refused, passing) = refusals(in: answer, of: paths)
        let listed = Set(refused.map(\.path)).union(passing)
        if listed.isEmpty {
            // A word about a part that is answered already came twice; it says nothing about the others.
            let said = step.step.paths.filter { answer.concerns($0) }
            if answer.failures.contains(where: { !$0.meant(among: said).isEmpty }) { return }
            if answer.status == .partialSuccess || whole.isRetryable {
                end(.postponed(whole.words))
            } else {
                refuse(paths, whole.words)
            }
            return
        }
        if answer.status == .error, refused.isEmpty { return end(.postponed(whole.words)) }
        let others = paths.filter { !listed.contains($0) }
        if answer.status == .partialSuccess, answer.listsAll(of: paths.count, failed: listed.count), !others.isEmpty {
            note(.applied(others))
        }
        for (path, reason) in refused { note(.refused(path, reason)) }
        // Of those left nothing is known; more words may follow.
        if self.step?.failingSince == nil, self.step?.awaited.contains(where: paths.contains) == true {
            note(.stepFailing(step.step.id, refusal: nil))
        }
    }

    /// Which properties an answer says no to, and which only for the moment.
    private func refusals(
        in answer: ConfigurationAnswer, of paths: [PropertyPath]
    ) -> (refused: [(path: PropertyPath, reason: String)], passing: [PropertyPath]) {
        var refused: [(path: PropertyPath, reason: String)] = []
        var passing: [PropertyPath] = []
        for failure in answer.failures {
            let code = failure.code.isEmpty ? answer.errorCode ?? "" : failure.code
            let failing = Failing(code: code, detail: failure.detail.isEmpty ? answer.message : failure.detail)
            let meant = failure.meant(among: paths).filter { path in
                !passing.contains(path) && !refused.contains { $0.path == path }
            }
            if failing.isRetryable {
                passing += meant
            } else {
                let doubt = meant.count > 1 ? " (the device does not say which of \(meant.count) on this pin)" : ""
                refused += meant.map { ($0, failing.words + doubt) }
            }
        }
        return (refused, passing)
    }
}

extension ConfigurationAnswer.Failure {
    /// The properties that it may be about: those on its pin, of its type where that tells them apart.
    fileprivate func meant(among paths: [PropertyPath]) -> [PropertyPath] {
        guard let gpio else { return [] }
        let onPin = paths.filter { $0.gpio == gpio }
        let ofType = onPin.filter { path in
            if case .sensor(let key) = path { key.type == type } else { false }
        }
        return ofType.isEmpty ? onPin : ofType
    }
}

extension ConfigurationAnswer {
    /// Whether it is about a property of a push.
    ///
    /// A word about the whole message, such as that it could not be read, is about every section.
    func concerns(_ path: PropertyPath) -> Bool {
        if let gpio, path.gpio != gpio { return false }
        switch section {
        case .sensor, .actuator: return path.section == section
        case .wifi, .zone: return false
        case .system, .unknown: return status == .error && correlation != nil
        }
    }

    /// Whether what it does not list among the failures was applied: devices list ten at most, and count the rest.
    fileprivate func listsAll(of items: Int, failed: Int) -> Bool {
        count.map { $0 == items - failed } ?? (failures.count < Self.maximumFailures)
    }
}

extension PropertyPath {
    /// The pin it is on.
    fileprivate var gpio: GPIO? {
        switch self {
        case .name, .board, .zone, .subzone: nil
        case .sensor(let key): key.gpio
        case .actuator(let gpio): gpio
        }
    }
}
