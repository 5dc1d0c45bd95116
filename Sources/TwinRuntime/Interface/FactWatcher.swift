public import TwinCore

/// Somebody who is told what happened, as it becomes durable.
public protocol FactWatcher: AnyObject, Sendable {
    /// Takes facts in, oldest first; called on the loop, so it keeps them for later and returns at once.
    ///
    /// - Returns: How many facts it let go to make room, these or older ones.
    func take(_ facts: [Fact]) -> Int

    /// Says that nothing more comes.
    func end()
}
