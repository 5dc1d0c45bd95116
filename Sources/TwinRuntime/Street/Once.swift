import Synchronization

/// A reply that is given once, whoever is first.
final class Once<Value: Sendable>: Sendable {
    private let reply: Mutex<(@Sendable (Value) -> Void)?>

    init(_ reply: @escaping @Sendable (Value) -> Void) { self.reply = Mutex(reply) }

    func callAsFunction(_ value: Value) {
        let pending = reply.withLock { reply in
            defer { reply = nil }
            return reply
        }
        pending?(value)
    }
}
