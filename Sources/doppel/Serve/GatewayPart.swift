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
                end(tell, nil)
            } catch {
                end(tell, Self.words(for: error))
            }
        }
        task.withLock { $0 = serving }
    }

    private func end(_ tell: @escaping @Sendable (PartEvent) -> Void, _ reason: String?) {
        port.withLock { $0 = nil }
        loop.post { tell(.ended(reason)) }
    }

    /// Why it ended, with the commands and the settings that help; the gateway itself knows neither.
    private static func words(for error: any Error) -> String {
        guard case .addressInUse(let host, let port)? = error as? GatewayError else { return "\(error)" }
        let key = ConfigurationKey.httpPort
        return """
            port \(port) on \(host) is taken by another program, perhaps another Doppel; to find it: `ss -ltnp 'sport = :\(port)'`. End it, or \
            choose another port: \(key.flag), \(key.variable) or \(key.path)
            """
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
        guard let port = port.withLock({ $0 }) else {
            return PartVitals(health: "does not listen", .failing("does not listen"))
        }
        return PartVitals(health: "listens on port \(port)", .ok)
    }
}
