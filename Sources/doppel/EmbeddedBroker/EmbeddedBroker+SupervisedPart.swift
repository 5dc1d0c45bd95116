import TwinRuntime

extension EmbeddedBroker: SupervisedPart {
    /// Starts the child; it runs once it takes connections.
    func start(_ tell: @escaping @Sendable (PartEvent) -> Void) {
        start(onReady: { tell(.running) }, onExit: { tell(.ended($0.description)) })
    }

    /// Whether there is a child.
    func vitals() -> PartVitals {
        guard let processID else {
            return PartVitals(health: "mosquitto does not run", .failing("mosquitto does not run"))
        }
        return PartVitals(health: "mosquitto runs as process \(processID)", .ok)
    }
}
