/// Which secrets a device wants to see in emergency orders; changed by ``TokenState/apply(_:)`` alone.
public struct TokenState: Sendable, Equatable, Codable {
    /// A secret of one use.
    public struct Held: Sendable, Equatable, Codable {
        /// The one the device said it holds; `nil` when it never said so.
        public internal(set) var confirmed: EmergencyToken?
        /// The one it was sent and has not confirmed or refused.
        public internal(set) var sent: EmergencyToken?
        /// Why it refused the last one.
        public internal(set) var refusal: String?

        /// The secrets the device may hold now; an order is sent once with each, so that one of them is obeyed.
        public var candidates: [EmergencyToken] { [sent, confirmed].compactMap(\.self) }
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
    public mutating func apply(_ event: TokenEvent) {}
}
