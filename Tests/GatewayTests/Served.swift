import Logging
import Testing
import TwinRuntime

@testable import Gateway

/// Runs a gateway around `body`, which gets the port and the task to cancel.
func serve(
    _ twins: FakeTwins, options: GatewayOptions = GatewayOptions(port: 0), logger: Logger = .silent,
    _ body: @Sendable (Int, Task<Void, any Error>) async throws -> Void
) async throws {
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    let gateway = Gateway(service: twins, options: options, logger: logger)
    let running = Task {
        defer { continuation.finish() }
        try await gateway.run { continuation.yield($0) }
    }
    var iterator = ports.makeAsyncIterator()
    let port = try #require(await iterator.next())
    do {
        try await body(port, running)
    } catch {
        running.cancel()
        throw error
    }
    running.cancel()
    try await running.value
}
