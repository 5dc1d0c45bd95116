import EventLoop
import Fleet
import Foundation
import Logging
import MQTTBroker
import TwinCore
import TwinRuntime

/// Simulated devices of a benchmark, each with pumps, sensors and a connection of its own.
///
/// Says on standard output when all are registered (`ready`), when the last pump went on (`all-on`), and when the last
/// went off (`all-off`, after lines with each pump's time). Used on the loop only.
final class BenchDevices: @unchecked Sendable {
    /// What the devices are.
    struct Plan: Sendable {
        var devices: Int
        /// Pumps of each.
        var pumps = 1
        /// Samples a second of all together.
        var rate = 0
        var seed: UInt64 = 1
        /// How often each says that it is there and how its pumps are, in seconds.
        var statusSeconds = Firmware.statusSeconds
    }

    /// The pins that pumps are at.
    static let pins = [16, 17, 18, 19].map { BenchDevices.pin($0) }
    /// How many times one line tells.
    private static let timesOfLine = 100

    private let loop: EventLoop
    let devices: [FleetDevice]
    private let pumps: Int
    private var areOn: [Bool]
    private var areRegistered: [Bool]
    private var onCount = 0
    private var registeredCount = 0
    private var offAt: [Int64] = []
    /// Told of each pump that went on or off.
    var onEdge: (@Sendable (_ device: Int, _ pump: Int, _ isOn: Bool, _ at: Int64) -> Void)?

    init(_ plan: Plan, address: BrokerAddress, on loop: EventLoop) {
        self.loop = loop
        pumps = plan.pumps
        areOn = Array(repeating: false, count: plan.devices * plan.pumps)
        areRegistered = Array(repeating: false, count: plan.devices)
        devices = Self.specifications(plan).enumerated().map { index, specification in
            FleetDevice(
                SimulatedDevice(specification: specification, seed: plan.seed &* 1_000_003 &+ UInt64(index)), on: loop,
                address: address, logger: Logger(label: "doppel.bench"), policy: ReconnectPolicy(limits: Self.patience))
        }
        for (index, device) in devices.enumerated() {
            device.watch.acted = { [self] in look(at: $0, index) }
        }
    }

    /// Benchmarks that cut connections do not wait for minutes until the next attempt.
    private static let patience = ReconnectPolicy.Limits(
        floorMilliseconds: 250, ceilingMilliseconds: 1000, failuresToOpen: .max, openMilliseconds: 1000,
        stableMilliseconds: 1000)

    /// How many messages all devices have published.
    var publishedMessages: Int { devices.reduce(0) { $0 + $1.publishedMessages } }

    /// Connects all, some at a time.
    func start() { start(from: 0) }

    private func start(from index: Int) {
        guard index < devices.count else { return }
        for device in devices[index...].prefix(FleetPart.connectionsPerStep) { device.start() }
        _ = loop.schedule(afterMilliseconds: FleetPart.stepMilliseconds) {
            self.start(from: index + FleetPart.connectionsPerStep)
        }
    }

    private func look(at device: borrowing SimulatedDevice, _ index: Int) {
        if device.isRegistered != areRegistered[index] {
            areRegistered[index].toggle()
            registeredCount += areRegistered[index] ? 1 : -1
            if registeredCount == devices.count { Console.standard.show("ready") }
        }
        for pump in 0..<pumps where device.outputs[pump].isOn != areOn[index * pumps + pump] {
            areOn[index * pumps + pump].toggle()
            note(index, pump, isOn: areOn[index * pumps + pump])
        }
    }

    private func note(_ device: Int, _ pump: Int, isOn: Bool) {
        let now = BenchClock.now
        onCount += isOn ? 1 : -1
        onEdge?(device, pump, isOn, now)
        if isOn {
            if onCount == areOn.count {
                offAt = []
                Console.standard.show("all-on")
            }
        } else {
            offAt.append(now)
            // Told after the turn, so that the telling delays no device.
            if onCount == 0, offAt.count == areOn.count { loop.post { self.tellTimes() } }
        }
    }

    private func tellTimes() {
        Self.tell("off", offAt)
        Console.standard.show("all-off")
    }

    /// Prints times in lines that are not too long.
    static func tell(_ word: String, _ times: [Int64]) {
        for start in stride(from: 0, to: times.count, by: timesOfLine) {
            let some = times[start..<min(start + timesOfLine, times.count)]
            Console.standard.show("\(word) \(some.map(String.init).joined(separator: " "))")
        }
    }
}

extension BenchDevices {
    /// The name of a device.
    static func name(_ index: Int) -> String { "ESP_\(String(0x10_0000 + index, radix: 16).uppercased())" }

    /// A whole number of sensors that measure once a second, or one that measures less often, comes nearest to the rate.
    static func specifications(_ plan: Plan) -> [DeviceSpecification] {
        let sensors = plan.rate == 0 ? 0 : max(1, (plan.rate + plan.devices / 2) / plan.devices)
        let seconds = plan.rate == 0 ? 1 : max(1, plan.devices / plan.rate)
        return (0..<plan.devices).map { index in
            guard let id = DeviceID(name(index)) else { preconditionFailure("no device is called \(name(index))") }
            return DeviceSpecification(
                id: id, zone: "bench",
                sensors: (0..<sensors).map { number in
                    SensorSpecification(
                        gpio: pin(4), chip: .ds18b20, intervalSeconds: seconds,
                        address: .oneWire("28AA11BB22CC" + String(0x1000 + number, radix: 16).uppercased()))
                },
                actuators: pins.prefix(plan.pumps).map { ActuatorSpecification(gpio: $0, kind: .pump) },
                heartbeatSeconds: plan.statusSeconds, statusSeconds: plan.statusSeconds)
        }
    }

    private static func pin(_ number: Int) -> GPIO {
        guard let pin = GPIO(number) else { preconditionFailure("there is no pin \(number)") }
        return pin
    }
}
