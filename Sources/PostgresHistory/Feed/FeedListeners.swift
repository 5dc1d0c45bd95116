import TwinCore

/// When listeners are told what came: at once where that is the first for a while, and else together with the next.
///
/// A pure value. What was stored and not told waits in ``untold``, through failures too, so that nothing is left out.
struct FeedListeners: Sendable {
    /// How seldom they are told, and when not at all.
    struct Limits: Sendable {
        /// The shortest time between two notices, in milliseconds: four a second at most.
        var gapMilliseconds: Int64 = 250
        /// How full PostgreSQL's queue of notifications may be for one more, from 0 to 1.
        ///
        /// A full queue makes every transaction fail that notifies. It fills when a session that listens sleeps in an
        /// open transaction, and it is everybody's: half of it is left to others.
        var maximumQueueUsage = 0.5
        /// After how long a queue that was found full is tried again, in milliseconds.
        var silenceMilliseconds: Int64 = 60_000
    }

    let limits: Limits
    /// What was stored and not told yet; `nil` when they know everything.
    private(set) var untold: FeedNotice?
    /// Why they cannot be told; `nil` when they can.
    private(set) var obstacle: String?
    /// Up to where they were told, and of which journal.
    private var told: (journal: String, through: Int64)?
    private var notBefore: Uptime?

    init(limits: Limits = Limits()) { self.limits = limits }

    /// The feed begins, or begins again, at a place that it has just read.
    ///
    /// Whatever lies between that and what was told may have come unnoticed: at the end of another run, or with a
    /// transaction whose end was not heard of.
    mutating func begins(at position: Int64, of journal: String) {
        let known = untold?.journal == journal ? untold?.through : told?.journal == journal ? told?.through : nil
        guard known != position else { return }
        let from = told?.journal == journal ? told?.through ?? position : position
        untold = FeedNotice(of: journal, after: min(from, position), through: position)
    }

    /// What to tell with the transaction that stores a batch; `nil` while it is too soon.
    func notice(with batch: FeedNotice, at now: Uptime) -> FeedNotice? {
        guard isDue(at: now) else { return nil }
        guard var notice = untold else { return batch }
        notice.add(batch)
        return notice
    }

    /// What to tell although nothing new is stored; `nil` when there is nothing, or while it is too soon.
    func notice(at now: Uptime) -> FeedNotice? { isDue(at: now) ? untold : nil }

    /// A batch is stored.
    mutating func stored(_ batch: FeedNotice) {
        untold?.add(batch)
        if untold == nil { untold = batch }
    }

    /// A notice was handed over at that time.
    mutating func delivered(_ notice: FeedNotice, at now: Uptime) {
        obstacle = nil
        untold = nil
        told = (notice.journal, notice.through)
        notBefore = now.advanced(byMilliseconds: limits.gapMilliseconds)
    }

    /// PostgreSQL's queue was found too full at that time.
    mutating func blocked(at now: Uptime) {
        obstacle = """
            PostgreSQL's queue of notifications fills up, so nobody is told on \(FeedNotice.channel) what comes: some \
            session listens and sleeps in an open transaction; pg_stat_activity shows it, end it
            """
        notBefore = now.advanced(byMilliseconds: limits.silenceMilliseconds)
    }

    private func isDue(at now: Uptime) -> Bool { notBefore.map { $0 <= now } ?? true }
}
