/// What a library's transfer concludes: what happened, and what is to be sent.
public struct LibraryDecision: Sendable, Equatable {
    /// What happened, in order.
    public var events: [LibraryEvent]
    /// What is to be sent, in order.
    public var orders: [LibraryOrder]

    /// Puts a decision together.
    public init(events: [LibraryEvent] = [], orders: [LibraryOrder] = []) {
        self.events = events
        self.orders = orders
    }

    /// Something happened, and nothing is to be sent.
    static func only(_ events: LibraryEvent...) -> Self { Self(events: events) }

    /// The transfer is over without success.
    static func failed(_ plan: LibraryTransfer.Plan, _ reason: String) -> Self { .only(.failed(plan.id, reason)) }

    /// The transfer is announced, for the first time or again.
    static func begin(_ plan: LibraryTransfer.Plan) -> Self { Self(events: [.begun(plan)], orders: [.begin(plan)]) }

    /// The same after something else that happened.
    func preceded(by event: LibraryEvent) -> Self { Self(events: [event] + events, orders: orders) }
}
