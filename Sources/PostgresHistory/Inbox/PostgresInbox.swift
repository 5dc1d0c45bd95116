public import EventLoop
public import Logging
import Synchronization
public import TwinCore
public import TwinRuntime

/// Takes readings in that other programs put into the table `inbox_messages`.
///
/// A notice on a channel says that a row is there; every ``pollMilliseconds`` and with each new connection the table is
/// looked at anyway, so a lost notice loses nothing. Rows go to the twins in batches, oldest first, and are noted as
/// taken when what came of them is durable. Whatever ends in between, they are handed in again, and the journal knows
/// them by their digest.
public final class PostgresInbox: SupervisedPart {
    /// Hands messages to the twins, on the loop; what the street's `takeIn` promises holds.
    public typealias Street =
        @Sendable (
            InboundBatch, @escaping @Sendable (Result<[Refusal?], ServiceError>) -> Void
        ) -> Void

    /// Whether a text can name its channel.
    ///
    /// Only names that mean the same in SQL with and without quotes, so that nobody notifies another one by mistake.
    public static func isChannel(_ text: String) -> Bool {
        guard let first = text.utf8.first, (1...63).contains(text.utf8.count), text != FeedNotice.channel else {
            return false
        }
        let (letters, digits) = (UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"))
        return letters.contains(first)
            && text.utf8.allSatisfy { letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_") }
    }

    /// How often the table is looked at without a notice, in milliseconds.
    public static let pollMilliseconds: Int64 = 30_000
    /// How long it rests after a look, whatever is notified meanwhile, in milliseconds.
    static let restMilliseconds: Int64 = 50
    /// The shortest and the longest wait after a failure, in milliseconds.
    static let retryMilliseconds: ClosedRange<Int64> = 500...30_000
    /// How long an orderly end waits for the batch that is under way, in milliseconds.
    static let patienceMilliseconds: Int64 = 2_000

    /// Its link to the server, to be started before it and stopped after it.
    public let link: PostgresLink
    let table: InboxTable
    let holder: @Sendable () async throws -> String
    let street: Street
    private let prepare: @Sendable () async throws -> Void
    let loop: EventLoop
    private let logger: Logger
    private let pollMilliseconds: Int64
    let bell: InboxBell
    private let state = Mutex(State())

    private struct State {
        var isStopping = false
        var whenOver: [@Sendable () -> Void] = []
        var isOver = false
    }

    /// Puts it together; nothing is taken before ``start(_:)``.
    ///
    /// - Parameters:
    ///   - options: Of a link that nobody else uses.
    ///   - channel: Where others say that they put a row in.
    ///   - holder: Who takes: what tells this Doppel from others at the same database, without spaces.
    ///   - prepare: Runs first, and again after a failure: brings the schema up to date.
    ///   - watched: Lets somebody else hear of the link's events, too.
    ///   - street: Where messages go.
    public init(
        _ options: PostgresLinkOptions, channel: String, holder: @escaping @Sendable () async throws -> String,
        on loop: EventLoop, pollMilliseconds: Int64 = PostgresInbox.pollMilliseconds,
        logger: Logger = Logger(label: "doppel.inbox"),
        prepare: @escaping @Sendable (PostgresLink) async throws -> Void = { _ in },
        watched: (PostgresLinkEvents) -> PostgresLinkEvents = { $0 }, to street: @escaping Street
    ) {
        let bell = InboxBell(on: loop, logger: logger)
        var options = options
        options.channels = [channel]
        var events = PostgresLinkEvents()
        events.connected = { _ in bell.ringForAll() }
        events.notified = { _, payload in bell.heard(payload) }
        let link = PostgresLink(loop: loop, options: options, events: watched(events), logger: logger)
        self.link = link
        table = InboxTable(link: link)
        self.bell = bell
        self.holder = holder
        self.street = street
        self.prepare = { try await prepare(link) }
        self.loop = loop
        self.logger = logger
        self.pollMilliseconds = pollMilliseconds
    }

    /// Begins to take; runs from the first moment on, with or without PostgreSQL.
    public func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        Task { await run() }
        loop.post { tell(.running) }
    }

    /// Ends after the batch that is under way, or after ``patienceMilliseconds``, and calls back on the loop.
    public func stop(_ completion: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            state.isStopping = true
            if !state.isOver { state.whenOver.append(completion) }
            return state.isOver
        }
        if isOver { return loop.post(completion) }
        bell.ringForAll()
        _ = loop.schedule(afterMilliseconds: Self.patienceMilliseconds) { self.over() }
    }

    /// How many messages were taken and refused, and how many wait.
    public func vitals() -> PartVitals { bell.standing.vitals(at: loop.moment.time) }

    private func over() {
        let completions = state.withLock { state in
            state.isOver = true
            defer { state.whenOver = [] }
            return state.whenOver
        }
        for completion in completions { loop.post(completion) }
    }

    var isStopping: Bool { state.withLock { $0.isStopping } }

    /// The inbox's whole life.
    @concurrent
    private func run() async {
        var wait = Self.retryMilliseconds.lowerBound
        var isPrepared = false
        while !isStopping {
            do {
                if !isPrepared { try await prepare() }
                isPrepared = true
                try await takeWaiting()
                bell.note { $0.trouble = nil }
                wait = Self.retryMilliseconds.lowerBound
                await bell.pause.sleep(milliseconds: Self.restMilliseconds)
                if !isStopping { await bell.notices.sleep(milliseconds: pollMilliseconds) }
            } catch {
                isPrepared = false
                let reason = (error as? ServiceError)?.reasonToWait ?? "\(error)"
                if bell.note({ $0.trouble = reason }).trouble != reason, !isStopping {
                    logger.warning("inbox.waits", metadata: ["reason": "\(reason)"])
                }
                await bell.pause.sleep(milliseconds: wait)
                wait = min(wait * 2, Self.retryMilliseconds.upperBound)
            }
        }
        over()
    }
}

extension ServiceError {
    /// Why messages wait, for an operator.
    fileprivate var reasonToWait: String {
        switch self {
        case .journalUnavailable(let reason), .unsuitable(let reason): reason
        default: "the twins take nothing at present"
        }
    }
}
