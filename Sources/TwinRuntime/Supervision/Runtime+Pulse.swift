import TwinCore

extension Runtime {
    /// For how long a commit may neither succeed nor fail before the journal does not answer, in milliseconds.
    ///
    /// Long, because the end of the process is all that follows: until then every OFF still leaves.
    public static let unansweredCommitMilliseconds: Int64 = 60_000

    /// Which of journal and gate does not answer, and how; `nil` while both do.
    ///
    /// Asked on the loop.
    ///
    /// A journal that says that it takes nothing has answered: its commits are repeated, a full disk is not emptied by
    /// a restart, and the process is needed to switch off.
    public nonisolated func silence() -> String? {
        assumeIsolated { runtime in
            runtime.journalSilence.map { "the journal does not answer: \($0)" }
                ?? GateSelfTest.failure(at: runtime.loop.moment)
        }
    }

    private var journalSilence: String? {
        let waited: Int64
        switch standing {
        case _ where phase == .ended: return nil
        case .failing: return nil
        case .idle, .committing(failures: 0): waited = oldestWorkMilliseconds
        case .committing:
            waited = closing?.attemptedAt.map { loop.moment.uptime.milliseconds(since: $0) } ?? 0
        }
        guard waited >= Self.unansweredCommitMilliseconds else { return nil }
        return "work has waited for \(waited) ms, and commits neither succeed nor fail"
    }
}
