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
}

extension LibraryTransferState {
    /// Decides on what the device says.
    ///
    /// - Parameter revision: The twin's revision, which makes the transfer's id unique.
    public func decide(
        on message: LibraryMessage, libraries: [Library], revision: UInt64, at moment: Moment
    ) -> LibraryDecision { LibraryDecision() }

    /// What time alone brings: a chunk nobody acknowledged.
    public func decideOnTime(libraries: [Library], at moment: Moment) -> LibraryDecision { LibraryDecision() }

    /// When ``decideOnTime(libraries:at:)`` next has something to say; `nil` when never.
    public func nextDeadline() -> Uptime? { nil }

    /// A new run of the runtime began.
    public mutating func beginRun(at moment: Moment) {}
}
