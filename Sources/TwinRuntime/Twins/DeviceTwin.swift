import OrderedCollections
import TwinCore

/// The live twin of one device, and the owner of its sensors' and actuators' twins.
actor DeviceTwin {
    /// The most sensors one device may show.
    static let maximumSensors = 64
    /// The most actuators one device may show.
    static let maximumActuators = 32

    let loop: any Loop
    var state: DeviceState
    private(set) var sensors: OrderedDictionary<SensorKey, SensorTwin> = [:]
    private(set) var actuators: OrderedDictionary<GPIO, ActuatorTwin> = [:]
    private(set) var revision: UInt64 = 0
    /// Since when there are facts that no snapshot holds; `nil` when there are none.
    private(set) var unsavedSince: Uptime?
    /// For when the directory's wheel has this twin; kept here so that the wheel needs no look-up.
    var scheduledFor: Uptime?
    /// What the device was told of the secret of broadcasts in this run.
    var tokenTelling = TokenTelling()
    /// When the twin failed of late.
    var failures: [Uptime] = []
    /// Whether the device is still to be told that it is excluded; after a restart its next heartbeat is answered so.
    var owesExclusion = false

    nonisolated let id: DeviceID
    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(state: DeviceState, on loop: any Loop) {
        self.state = state
        self.loop = loop
        id = state.id
    }

    /// Rebuilds a twin from its snapshot.
    init(_ snapshot: DeviceSnapshot, on loop: any Loop) {
        state = snapshot.device
        revision = snapshot.revision
        id = snapshot.device.id
        self.loop = loop
        for sensor in snapshot.sensors { sensors[sensor.key] = SensorTwin(state: sensor, on: loop) }
        for actuator in snapshot.actuators { actuators[actuator.gpio] = ActuatorTwin(state: actuator, on: loop) }
    }

    /// The twin with its children, whole.
    var snapshot: DeviceSnapshot {
        DeviceSnapshot(
            revision: revision, device: state,
            sensors: sensors.values.map { $0.assumeIsolated { $0.state } }.sorted { $0.key < $1.key },
            actuators: actuators.values.map { $0.assumeIsolated { $0.state } }.sorted { $0.gpio < $1.gpio })
    }

    /// When time alone next brings something; `nil` when never.
    func nextDeadline(_ surroundings: Surroundings) -> Uptime? {
        var deadline = state.nextDeadline(in: context(surroundings))
        let moment = loop.moment
        for actuator in actuators.values where actuator.assumeIsolated({ $0.state.hasDeadline }) {
            let context = context(for: actuator, surroundings)
            let own = actuator.assumeIsolated { $0.state.nextDeadline(in: context, at: moment) }
            if let own, own < deadline ?? own.advanced(byMilliseconds: 1) { deadline = own }
        }
        for sensor in sensors.values {
            guard let own = sensor.assumeIsolated({ $0.state.calibration.nextDeadline }) else { continue }
            if own < deadline ?? own.advanced(byMilliseconds: 1) { deadline = own }
        }
        return [deadline, tokenDeadline(surroundings), exclusionDeadline].compactMap(\.self).min()
    }

    /// Says that a snapshot of everything so far becomes durable; `nil` when nothing is unsaved.
    func takeSnapshot() -> DeviceSnapshot? {
        guard unsavedSince != nil else { return nil }
        unsavedSince = nil
        return snapshot
    }

    /// The sensor of a key, made when there is none yet and room for it.
    func sensor(_ key: SensorKey) -> SensorTwin? {
        if let twin = sensors[key] { return twin }
        guard sensors.count < Self.maximumSensors else { return nil }
        let twin = SensorTwin(state: SensorState(key: key), on: loop)
        sensors[key] = twin
        return twin
    }

    /// Forgets a sensor whose first report was refused: a refused message leaves nothing behind.
    func forget(_ key: SensorKey) { sensors.removeValue(forKey: key) }

    /// The actuator of a pin, made when there is none yet and room for it.
    func actuator(_ gpio: GPIO, type: String) -> ActuatorTwin? {
        if let twin = actuators[gpio] { return twin }
        guard actuators.count < Self.maximumActuators else { return nil }
        let twin = ActuatorTwin(state: ActuatorState(device: id, gpio: gpio, type: type), on: loop)
        actuators[gpio] = twin
        return twin
    }

    /// Takes a device's decision in and makes facts of it.
    func take(_ decided: DeviceDecision, at moment: Moment) -> Decision {
        var decision = Decision()
        decision.facts.reserveCapacity(decided.events.count + 1)
        for event in decided.events {
            apply(event, at: moment)
            decision.facts.append(Fact(device: id, moment: moment, event: .device(event)))
        }
        decision.requests = decided.requests
        return decision
    }

    /// Takes one fact about the device itself in; of a removed one the outputs stay, which are still driven off.
    func apply(_ event: DeviceEvent, at moment: Moment) {
        state.apply(event, at: moment)
        if case .deleted = event { sensors.removeAll() }
    }

    /// Counts facts that were taken in.
    func note(_ count: Int, at moment: Moment) {
        guard count > 0 else { return }
        revision += UInt64(count)
        if unsavedSince == nil { unsavedSince = moment.uptime }
    }

    /// Whether it has a sensor or an actuator of a kind.
    func shows(_ type: String) -> Bool {
        sensors.keys.contains { $0.type == type }
            || actuators.values.contains { $0.assumeIsolated { $0.state.type == type } }
    }

    /// Notes that the device spoke.
    func noteSpeech(at moment: Moment) { state.noteSpeech(at: moment) }
}
