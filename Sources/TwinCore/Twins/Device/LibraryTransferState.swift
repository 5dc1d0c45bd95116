/// The library a device takes in; changed by ``LibraryTransferState/apply(_:at:)`` alone.
public struct LibraryTransferState: Sendable, Equatable, Codable {
    /// Where a transfer stands.
    public enum Phase: Sendable, Equatable, Codable {
        /// Announced; the device makes room. Next: sending, failed.
        case announced
        /// A chunk is under way, sent so often, last at that moment. Next: completing, failed.
        case sending(chunk: Int, attempt: Int)
        /// Everything was sent; the device checks it. Next: done, sending, failed.
        case completing
        case done
        case failed(String)
    }

    /// What was announced; `nil` before the first transfer.
    public internal(set) var plan: LibraryTransfer.Plan?
    /// Where it stands.
    public internal(set) var phase = Phase.done
    /// Since when.
    public internal(set) var since: Moment?
    /// Chunks that the device asked for again, in order, after the one under way.
    public internal(set) var missing: [Int] = []
    /// Why the latest request was refused.
    public internal(set) var refusal: String?

    /// Makes a state without a transfer.
    public init() {}
}

extension LibraryTransferState {
    /// Takes one fact into the state.
    public mutating func apply(_ event: LibraryEvent, at moment: Moment) {}
}
