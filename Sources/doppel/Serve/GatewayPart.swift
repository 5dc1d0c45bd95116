import Gateway
import Logging
import Synchronization
import TwinRuntime

/// The gateway under supervision: a task on the server's own threads.
final class GatewayPart: SupervisedPart {
    private let gateway: Gateway
    private let loop: any Loop
    private let onListening: @Sendable (Int) -> Void
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let port = Mutex<Int?>(nil)

    /// Wraps a gateway; `onListening` gets the port each time it listens.
    init(_ gateway: Gateway, on loop: any Loop, onListening: @escaping @Sendable (Int) -> Void) {
        self.gateway = gateway
        self.loop = loop
        self.onListening = onListening
    }

    func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        let serving = Task { [gateway, loop, onListening] in
            do {
                try await gateway.run { port in
                    self.port.withLock { $0 = port }
                    onListening(port)
                    loop.post { tell(.running) }
                }
                loop.post { tell(.ended(nil)) }
            } catch {
                loop.post { tell(.ended("\(error)")) }
            }
        }
        task.withLock { $0 = serving }
    }

    func stop(_ completion: @escaping @Sendable () -> Void) {
        let serving = task.withLock { task in
            defer { task = nil }
            return task
        }
        guard let serving else { return completion() }
        serving.cancel()
        Task { [loop] in
            await serving.value
            loop.post(completion)
        }
    }

    func vitals() -> PartVitals {
        PartVitals(health: port.withLock { $0.map { "listens on port \($0)" } } ?? "does not listen")
    }
}
