/// A runtime's word that it serves the site: the highest epoch heard is the one instance that may energise.
///
/// Two claims are ordered by their epochs alone; two instances of one epoch are told apart by their names.
public struct SiteClaim: Sendable, Hashable, Codable {
    /// The largest epoch; every reader of JSON holds it exactly.
    public static let maximumEpoch: UInt64 = 9_007_199_254_740_991
    /// The longest name of an instance, in bytes.
    public static let maximumInstanceBytes = 64

    /// How many times the site was taken over, at most ``maximumEpoch``.
    public let epoch: UInt64
    /// The instance's name, printable, 1 to ``maximumInstanceBytes`` bytes.
    public let instance: String

    /// Puts a claim together; a larger epoch counts as the largest.
    ///
    /// An empty or longer name, or one with control characters, is our own bug.
    public init(epoch: UInt64, instance: String) {
        precondition(Self.isName(instance), "'\(instance)' is no name of an instance")
        self.epoch = min(epoch, Self.maximumEpoch)
        self.instance = instance
    }

    /// Accepts a claim from outside; `nil` when its epoch or its name is none that a runtime can have.
    public init?(epoch: UInt64, instanceFromOutside instance: String) {
        guard epoch <= Self.maximumEpoch, Self.isName(instance) else { return nil }
        self.epoch = epoch
        self.instance = instance
    }

    private static func isName(_ text: String) -> Bool {
        (1...maximumInstanceBytes).contains(text.utf8.count) && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
