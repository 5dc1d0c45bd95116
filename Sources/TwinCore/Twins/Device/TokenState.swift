/// Which secrets a device wants to see in emergency orders; changed by ``TokenState/apply(_:)`` alone.
///
/// A device that holds a token obeys no emergency order without it. So no token that it may hold is forgotten before
/// it is certain that it holds another: an order too many is refused and does no harm, one too few is no stop.
public struct TokenState: Sendable, Equatable, Codable {
    /// A secret of one use.
    public struct Held: Sendable, Equatable, Codable {
        /// The most tokens kept that a device may hold although it confirmed or was sent another one since.
        public static let maximumDoubtful = 3

        /// The one the device said it holds; `nil` when it never said so.
        public internal(set) var confirmed: EmergencyToken?
        /// The one it was sent and has not confirmed or refused.
        public internal(set) var sent: EmergencyToken?
        /// Why it refused the last one.
        public internal(set) var refusal: String?
        /// Those it may still hold, because another was sent before it had answered; the latest last.
        public internal(set) var doubtful: [EmergencyToken] = []
        /// Whether `sent` was sent while an earlier one was not answered, so that an answer may be about either.
        var isOverlapping = false

        /// The secrets the device may hold now; an order is sent once with each, so that one of them is obeyed.
        public var candidates: [EmergencyToken] {
            var candidates: [EmergencyToken] = []
            for token in [sent, confirmed].compactMap(\.self) + doubtful.reversed() where !candidates.contains(token) {
                candidates.append(token)
            }
            return candidates
        }
    }

    /// For orders to the device alone.
    public internal(set) var device = Held()
    /// For orders to everybody.
    public internal(set) var broadcast = Held()

    /// Makes a state without secrets.
    public init() {}
}

extension TokenState {
    /// Takes one fact into the state.
    public mutating func apply(_ event: TokenEvent) {
        switch event {
        case .sent(let token, let use): change(use) { $0.noteSent(token) }
        case .confirmed(let use): change(use) { $0.noteConfirmed() }
        case .refused(let use, let reason): change(use) { $0.noteRefused(reason) }
        }
    }

    /// The secrets of one use.
    public subscript(use: TokenUse) -> Held {
        switch use {
        case .device: device
        case .broadcast: broadcast
        }
    }

    private mutating func change(_ use: TokenUse, _ change: (inout Held) -> Void) {
        switch use {
        case .device: change(&device)
        case .broadcast: change(&broadcast)
        }
    }
}

extension TokenState.Held {
    fileprivate mutating func noteSent(_ token: EmergencyToken) {
        if let sent, sent != token {
            isOverlapping = true
            keepDoubtful(sent)
        } else if sent == nil {
            isOverlapping = false
        }
        sent = token
        refusal = nil
    }

    fileprivate mutating func noteConfirmed() {
        guard let sent else { return }
        if isOverlapping {
            keepDoubtful(confirmed)
        } else {
            doubtful = []
        }
        confirmed = sent
        self.sent = nil
        refusal = nil
    }

    fileprivate mutating func noteRefused(_ reason: String) {
        if isOverlapping { keepDoubtful(sent) }
        sent = nil
        refusal = reason
    }

    private mutating func keepDoubtful(_ token: EmergencyToken?) {
        guard let token else { return }
        doubtful.removeAll { $0 == token }
        if doubtful.count == Self.maximumDoubtful { doubtful.removeFirst() }
        doubtful.append(token)
    }
}
