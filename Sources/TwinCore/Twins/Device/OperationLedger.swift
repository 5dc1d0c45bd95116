/// What operators asked a device to do and what it answered; changed by ``OperationLedger/apply(_:at:)`` alone.
public struct OperationLedger: Sendable, Equatable, Codable {
    /// The most operations kept; the oldest that are over are forgotten.
    public static let maximumOperations = 32

    /// The operations, oldest first.
    public internal(set) var records: [OperationRecord] = []
    /// The latest answer that nobody waited for.
    public internal(set) var lastStray: Received<SystemAnswer>?

    /// Makes an empty ledger.
    public init() {}
}

extension OperationLedger {
    /// Takes one fact into the state.
    public mutating func apply(_ event: OperationEvent, at moment: Moment) {}
}
