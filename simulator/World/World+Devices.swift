import Fleet
import TwinCore

extension World {
    /// A handful of devices with every kind of output.
    func addDevices() {
        for index in 0..<Schedule.deviceCount(schedule.seed, schedule.profile) {
            var randomness = Randomness(seed: schedule.seed, part: "device", number: index)
            let id = Self.deviceID(index, &randomness)
            let device = SimulatedDevice(
                specification: specification(of: id, index, &randomness), seed: randomness.next())
            let session = DeviceSession(device, broker, oracle, randomness.split())
            sessions.append(session)
            broker.add(session)
            time.after(time.chance(0...5_000, &randomness)) { session.connect() }
        }
    }

    /// The names of the devices that a schedule has.
    static func deviceIDs(_ schedule: Schedule) -> [DeviceID] {
        (0..<Schedule.deviceCount(schedule.seed, schedule.profile)).map { index in
            var randomness = Randomness(seed: schedule.seed, part: "device", number: index)
            return deviceID(index, &randomness)
        }
    }

    private static func deviceID(_ index: Int, _ randomness: inout Randomness) -> DeviceID {
        let digits = String(0xA00000 + index * 0x1111 + Int(randomness.number(0...0xFFF)), radix: 16)
        guard let id = DeviceID("ESP_\(digits.uppercased())") else {
            preconditionFailure("ESP_\(digits.uppercased()) is no device id")
        }
        return id
    }

    private func specification(
        of id: DeviceID, _ index: Int, _ randomness: inout Randomness
    ) -> DeviceSpecification {
        let pause = schedule.profile.sensorPause
        return DeviceSpecification(
            id: id, zone: "tent_\(index)",
            sensors: [
                SensorSpecification(
                    gpio: pin(4), chip: .ds18b20, intervalSeconds: Int(randomness.number(2...6) * pause)),
                SensorSpecification(
                    gpio: pin(0), chip: .sht31, intervalSeconds: Int(randomness.number(3...9) * pause),
                    address: .i2c(68)),
            ],
            actuators: [
                ActuatorSpecification(gpio: pin(26), kind: .pump),
                ActuatorSpecification(gpio: pin(27), kind: .valve),
                ActuatorSpecification(gpio: pin(25), kind: .pwm),
                ActuatorSpecification(gpio: pin(33), kind: .relay),
            ], personality: personality(&randomness))
    }

    /// What makes a device hard to deal with; most have something.
    private func personality(_ randomness: inout Randomness) -> Personality {
        var personality = Personality()
        switch randomness.number(0...6) {
        case 0: personality.lostAnswers = 0.2
        case 1: personality.repeatedAnswers = 0.3
        case 2: personality.answerDelayMilliseconds = Int(randomness.number(100...12_000))
        case 3:
            personality.forgets = Set(Personality.Part.allCases.filter { _ in randomness.happens(onceIn: 2) })
        case 4:
            personality.refusedPins = [pin(34)]
            personality.refusals = randomness.happens(onceIn: 2) ? nil : 2
        case 5: personality.startsUnconfigured = true
        default: break
        }
        return personality
    }

    func pin(_ number: Int) -> GPIO { Self.pin(number) }

    static func pin(_ number: Int) -> GPIO {
        guard let pin = GPIO(number) else { preconditionFailure("\(number) is no pin") }
        return pin
    }
}
