import Gateway
import Logging
import Synchronization
import TwinRuntime

/// The gateway under supervision: a task on the server's own threads.
final class GatewayPart: SupervisedPart {
    /// How long requests under way may take at the end, in milliseconds; the gateway itself cuts them off earlier.
    static let stopMilliseconds: Int64 = 7_000

    private let gateway = Mutex<Gateway?>(nil)
    private let loop: any Loop
    private let onListening: @Sendable (Int) -> Void
    private let task = Mutex<Task<Void, Never>?>(nil)
    private let port = Mutex<Int?>(nil)

    /// Makes a part without a gateway; `onListening` gets the port each time it listens.
    init(on loop: any Loop, onListening: @escaping @Sendable (Int) -> Void) {
        self.loop = loop
        self.onListening = onListening
    }

    /// Says what to serve, before the part is started.
    ///
    /// The gateway shows the supervisor tree that this part is in, so neither can be made first with the other inside.
    func serve(_ gateway: Gateway) { self.gateway.withLock { $0 = gateway } }

    func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        guard let gateway = gateway.withLock({ $0 }) else { return tell(.ended("there is nothing to serve")) }
        let serving = Task { [loop, onListening] in
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
        let pending = Mutex<(@Sendable () -> Void)?>(completion)
        let once: @Sendable () -> Void = {
            let completion = pending.withLock { pending in
                defer { pending = nil }
                return pending
            }
            completion?()
        }
        // A request that waits for a disk that does not answer must not keep everything else from ending.
        _ = loop.schedule(afterMilliseconds: Self.stopMilliseconds, once)
        Task { [loop] in
            await serving.value
            loop.post(once)
        }
    }

    func vitals() -> PartVitals {
        PartVitals(health: port.withLock { $0.map { "listens on port \($0)" } } ?? "does not listen")
    }
}
