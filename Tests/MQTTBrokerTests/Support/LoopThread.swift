import EventLoop

/// Runs a test with a loop of its own, which is ended afterwards.
func withLoop(_ body: (EventLoop) async throws -> Void) async throws {
    let loop = try EventLoop()
    loop.start()
    do {
        try await body(loop)
    } catch {
        await end(loop)
        throw error
    }
    await end(loop)
}

/// Ends a loop and waits for it.
func end(_ loop: EventLoop) async {
    loop.stop()
    await Task.detached { loop.join() }.value
}

extension EventLoop {
    /// Runs something on the loop and waits for its result.
    func run<T: Sendable>(_ body: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            post { continuation.resume(returning: body()) }
        }
    }
}
