import TwinRuntime

/// How the two gated connections stand together, as the runtime sees them: as its one ingest connection.
struct GatedPair: Equatable {
    /// Which of the two.
    enum Member: String {
        case ingest, answers
    }

    private var up: Set<Member> = []
    /// Which of them have to be up; without ingest while telemetry is held at the broker.
    private var wanted: Set<Member> = [.ingest, .answers]
    /// Whether every session that was taken up since the two were last up together had been kept.
    private var isResumed = true

    /// Notes what became of one.
    ///
    /// - Returns: What to tell: up when both are; down for each loss and failed attempt, with the name of the one.
    mutating func note(_ member: Member, _ state: BrokerConnectionState) -> BrokerConnectionState? {
        switch state {
        case .connected(let wasResumed):
            up.insert(member)
            isResumed = isResumed && wasResumed
            return whole()
        case .disconnected(let reason, let retryMilliseconds):
            up.remove(member)
            return .disconnected("\(member.rawValue): \(reason)", retryMilliseconds: retryMilliseconds)
        }
    }

    /// Notes that the ingest connection is ended on purpose.
    ///
    /// - Returns: What to tell: up when that one was all that was missing.
    mutating func hold() -> BrokerConnectionState? {
        guard wanted.contains(.ingest) else { return nil }
        let wasWhole = up.isSuperset(of: wanted)
        wanted = [.answers]
        up.remove(.ingest)
        return wasWhole ? nil : whole()
    }

    /// Notes that the ingest connection is made again; what becomes of that is told as it comes.
    mutating func release() { wanted = [.ingest, .answers] }

    private mutating func whole() -> BrokerConnectionState? {
        guard up.isSuperset(of: wanted) else { return nil }
        defer { isResumed = true }
        return .connected(wasResumed: isResumed)
    }

    /// The worse of two breakers: an open one tells more than one that is tried, and that more than a closed one.
    static func worse(_ one: Breaker.State, _ other: Breaker.State) -> Breaker.State {
        [.open, .halfOpen].first { $0 == one || $0 == other } ?? .closed
    }
}
