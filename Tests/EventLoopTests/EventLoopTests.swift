import EventLoop
import Testing
import TwinRuntime

/// Everything about the loop, one test at a time: some of them count the process's threads and descriptors.
@Suite(.serialized, .timeLimit(.minutes(4)))
enum EventLoopTests {}

extension Loop {
    /// Runs something on the loop and waits for its result.
    func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            post { continuation.resume(with: Result { try body() }) }
        }
    }
}

/// Lends a running loop to a test, and ends it afterwards.
func withLoop(_ body: (EventLoop) async throws -> Void) async throws {
    let loop = try EventLoop()
    loop.start()
    do {
        try await body(loop)
    } catch {
        loop.stop()
        loop.join()
        throw error
    }
    loop.stop()
    loop.join()
}
