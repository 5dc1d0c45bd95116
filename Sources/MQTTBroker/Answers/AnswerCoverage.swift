/// Whether the answers session holds every answer that the ingest connection brings too, so that the latter may let it
/// go.
///
/// Sessions live at the broker and may begin at different times: after an upgrade the ingest session has a backlog from
/// before there was an answers session, and a broker may lose one or both. An answer is only let go where the answers
/// session is known to have begun before the message came. Where that is not known, the ingest connection hands
/// everything over: an answer twice rather than never.
struct AnswerCoverage: Equatable {
    /// What is known of the answers session.
    enum Standing: Equatable {
        /// Nothing yet. May become `covered` or `behind`.
        case unknown
        /// It began before all that the ingest session has. May become `behind` or `doubtful`.
        case covered
        /// The broker began the ingest session anew, so it may have lost the answers session as well. May become
        /// `covered` or `behind`.
        case doubtful
        /// It began when the ingest session may have had a backlog: all of that came before our own message of this
        /// number, published since. May become `covered` or `behind`.
        case behind(fence: UInt64)
    }

    private(set) var standing = Standing.unknown
    /// Whether the answers connection stands, as far as we know.
    private(set) var isUp = false
    /// Whether it came up after the ingest connection was lost last.
    private var isNewerThanLoss = false
    private var lastFence: UInt64 = 0

    /// The number of our own message that the ingest connection has to bring before it may let answers go.
    var awaitedFence: UInt64? { if case .behind(let fence) = standing { fence } else { nil } }

    /// Whether the ingest connection lets an answer go that came with a quality of service.
    ///
    /// At 0 the broker keeps nothing for a connection that is down.
    func letsGo(qos: UInt8) -> Bool { standing == .covered && (qos > 0 || isUp) }

    /// The answers connection came up; if its session is new, all subscriptions have been granted.
    mutating func answersConnected(wasResumed: Bool) {
        isUp = true
        isNewerThanLoss = true
        switch standing {
        case _ where !wasResumed:
            lastFence += 1
            standing = .behind(fence: lastFence)
        case .unknown, .covered, .doubtful: standing = .covered
        case .behind: break
        }
    }

    /// The answers connection was lost; its session goes on at the broker.
    mutating func answersLost() { isUp = false }

    /// The ingest connection came up; if its session is new, all subscriptions have been granted.
    ///
    /// - Returns: Whether the answers connection has to be made again, because the one we know of may be that to a
    ///   broker that is no more.
    mutating func ingestConnected(wasResumed: Bool) -> Bool {
        guard !wasResumed else { return false }
        let isKnown = isUp && isNewerThanLoss
        standing = isKnown ? .covered : .doubtful
        return !isKnown
    }

    /// The ingest connection was lost.
    mutating func ingestLost() { isNewerThanLoss = false }

    /// All that came before our own message of this number is durable.
    mutating func passed(fence: UInt64) {
        if awaitedFence == fence { standing = .covered }
    }
}
