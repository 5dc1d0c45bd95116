import TwinCore
import TwinRuntime

/// A broker that writes down what is published and does what the test says.
final class FakeBroker: Broker, @unchecked Sendable {
    private let loop: any Loop
    private var events: (any BrokerEvents)?
    /// Everything that left, in order.
    private(set) var publications: [Publication] = []
    /// How often what was handed over was acknowledged.
    private(set) var acknowledgements = 0
    /// Whether the control connection takes messages.
    var isTaking = true
    /// Whether connections come up by themselves at the start.
    var connectsAtStart = true
    /// Whether it was told to stop.
    private(set) var isStopped = false

    init(_ loop: any Loop) { self.loop = loop }

    func start(_ events: any BrokerEvents) {
        self.events = events
        guard connectsAtStart else { return }
        loop.post { self.connect() }
    }

    func acknowledge() { acknowledgements += 1 }

    /// Whether telemetry is to stay at the broker, each time that was said.
    private(set) var holds: [Bool] = []

    func holdTelemetry(_ isHeld: Bool) { holds.append(isHeld) }

    func publish(_ publication: Publication) -> Bool {
        guard isTaking else { return false }
        publications.append(publication)
        return true
    }

    func stop(_ completion: @escaping @Sendable () -> Void) {
        isStopped = true
        loop.post(completion)
    }

    /// Both connections come up.
    func connect() {
        isTaking = true
        for connection in BrokerConnection.allCases {
            events?.connection(connection, changedTo: .connected(wasResumed: true))
        }
    }

    /// The control connection breaks.
    func loseControl() {
        isTaking = false
        events?.connection(.control, changedTo: .disconnected("cut", retryMilliseconds: 1_000))
    }

    /// Messages arrive in one batch.
    func deliver(_ batch: InboundBatch) { events?.received(batch) }

    /// What others said where only servers speak arrives on the control connection.
    func deliverOrders(_ orders: InboundBatch) { events?.heard(orders) }

    /// A publication was given up.
    func drop(_ publication: Publication) { events?.publicationDropped(publication.token) }

    /// The broker confirms a publication.
    func confirm(_ publication: Publication) { events?.publicationAcknowledged(publication.token) }

    /// Forgets what was published so far.
    func forget() { publications = [] }
}
