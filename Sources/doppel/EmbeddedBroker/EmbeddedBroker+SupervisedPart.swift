import TwinRuntime

extension EmbeddedBroker: SupervisedPart {
    /// Starts the child; it runs once it takes connections.
    func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        start(onReady: { tell(.running) }, onExit: { tell(.ended($0.description)) })
    }

    /// Whether there is a child.
    func vitals() -> PartVitals {
        PartVitals(health: processID.map { "mosquitto runs as process \($0)" } ?? "mosquitto does not run")
    }
}
