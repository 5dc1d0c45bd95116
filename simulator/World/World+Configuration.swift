import Fleet
import TwinCore
import TwinRuntime

extension World {
    /// How long after the last fault every device must hold what was wished, in milliseconds.
    ///
    /// A step that failed again and again is tried once in 15 minutes.
    private static let convergenceMilliseconds: Int64 = 3_600_000
    /// How often it is looked whether they do, in milliseconds.
    private static let lookMilliseconds: Int64 = 10_000

    /// An operator changes his mind about what a device is to be.
    func wish(_ action: PlannedAction, _ session: DeviceSession, _ run: RuntimeRun) {
        outcome.wishes += 1
        let device = session.device.specification.id
        var randomness = Randomness(seed: action.wishSeed ?? 0)
        let wish = Self.makeWish(&randomness).normalised
        oracle.asks(wish, of: device)
        let change = ConfigurationChange(
            device: device, seenRevision: nil, isRehearsal: false, validSeconds: nil, by: "user:world"
        ) { _ in .success(ConfigurationWish(desired: wish, touched: [])) }
        run.runtime.assumeIsolated { runtime in
            runtime.configure(change) { result in
                if case .success(let outcome) = result {
                    self.oracle.wished(outcome.view.snapshot.device.configuration.desired.unbounded, of: device)
                }
            }
        }
    }

    /// A wish that a device can hold: the parts it is made of, some of them otherwise than before, some left out.
    private static func makeWish(_ randomness: inout Randomness) -> Desired {
        var wish = Desired(name: "device of the world")
        if !randomness.happens(onceIn: 4) {
            let zone = randomness.number(0...2)
            wish.zone = ZoneWish(id: "zone_\(zone)", masterID: "world", name: "Zone \(zone)")
        }
        let keys = [
            SensorKey(gpio: pin(4), type: "ds18b20", address: .none),
            SensorKey(gpio: pin(0), type: "sht31_temp", address: .i2c(68)),
            SensorKey(gpio: pin(0), type: "sht31_humidity", address: .i2c(68)),
            SensorKey(gpio: pin(34), type: "ph", address: .none),
            SensorKey(gpio: pin(35), type: "moisture", address: .none),
        ]
        for key in keys where !randomness.happens(onceIn: 5) {
            wish.sensors[key] = SensorWish(
                name: "probe \(randomness.number(1...3))", intervalSeconds: Int(randomness.number(5...60)))
        }
        for (number, type) in [(26, "pump"), (27, "valve"), (25, "pwm"), (33, "relay"), (32, "relay")] {
            guard !randomness.happens(onceIn: 5) else { continue }
            wish.actuators[pin(number)] = ActuatorWish(
                type: type, name: "output \(randomness.number(1...3))", isInverted: randomness.happens(onceIn: 4),
                maximumRuntimeMilliseconds: Int(randomness.number(60...3_600)) * 1000)
        }
        if wish.zone != nil, randomness.happens(onceIn: 2) {
            wish.subzones["bench_1"] = SubzoneWish(name: "Bench", gpios: [pin(4), pin(26)])
        }
        return wish
    }

    /// After the last fault every wish comes true, or was refused by the device itself.
    func awaitConvergence() {
        guard let run else { return }
        isOperated = false
        run.runtime.assumeIsolated { $0.clearStops(by: "user:world") { _ in } }
        let end = time.milliseconds + Self.convergenceMilliseconds
        var difference = openDifference()
        while difference != nil, time.milliseconds < end, oracle.violations.isEmpty {
            pass(Self.lookMilliseconds)
            difference = openDifference()
        }
        if let difference { oracle.violate(.wishes, "a wish did not come true: \(difference)", at: time.milliseconds) }
    }

    /// The first thing in which a device is not what was wished; `nil` when all are.
    private func openDifference() -> String? {
        guard let run, let snapshots = run.quietSnapshots() else { return "the journal is not at rest" }
        for snapshot in snapshots {
            let id = snapshot.device.id
            guard let session = sessions.first(where: { $0.device.specification.id == id }) else { continue }
            // What another device said in its name is believed: nobody can tell two devices of one id apart.
            guard !session.record.hadRival else { continue }
            let configuration = snapshot.device.configuration
            guard oracle.isKept(configuration.desired.unbounded, of: id) else { return "\(id) forgot what was wished" }
            if let difference = configuration.difference(from: session.device.configuration.asDesired) {
                return "\(id): \(difference)"
            }
        }
        return nil
    }
}

extension ConfigurationState {
    /// The first property that the device does not hold as wished, or that the twin reports otherwise than it is.
    fileprivate func difference(from held: Desired) -> String? {
        for (path, property) in properties.sorted(by: { $0.key < $1.key }) {
            switch property.state {
            case .applied, .refused: break
            case .pending, .sent, .accepted, .expired: return "\(path) is \(property.state)"
            }
        }
        let isRefused: (PropertyPath) -> Bool = { path in
            if case .refused = properties[path]?.state { true } else { false }
        }
        if let zone = desired.zone, zone.id != held.zone?.id { return "zone is \(held.zone?.id ?? "none")" }
        for (key, wish) in desired.sensors where held.sensors[key] != wish && !isRefused(.sensor(key)) {
            return "sensor \(key.id) is \(String(describing: held.sensors[key])), wished \(wish)"
        }
        for (gpio, wish) in desired.actuators where !isRefused(.actuator(gpio)) {
            var held = held.actuators[gpio]
            // Devices are told the limits' bound where the wish is longer.
            held?.boundedRuntimeMilliseconds = wish.boundedRuntimeMilliseconds
            if held?.maximumRuntimeMilliseconds == wish.boundedRuntimeMilliseconds {
                held?.maximumRuntimeMilliseconds = wish.maximumRuntimeMilliseconds
            }
            if held != wish { return "actuator \(gpio) is \(String(describing: held)), wished \(wish)" }
        }
        for (id, wish) in desired.subzones where held.subzones[id] != wish && !isRefused(.subzone(id)) {
            return "subzone \(id) is \(String(describing: held.subzones[id])), wished \(wish)"
        }
        for (gpio, report) in reported.actuators where held.actuators[gpio] != report {
            return "actuator \(gpio) is reported as \(report) and is \(String(describing: held.actuators[gpio]))"
        }
        for (key, report) in reported.sensors where !held.sensors.keys.contains(key) {
            return "sensor \(key.id) is reported as \(report) and is not there"
        }
        return nil
    }
}
