import TwinCore

/// A message in the simulated broker.
struct SimulatedMessage: Sendable {
    let topic: String
    let payload: [UInt8]
    let qos: UInt8
    var isRetained: Bool
    /// When it must no longer be delivered, in world time; `nil` for never.
    var expiresAt: Int64?
}
