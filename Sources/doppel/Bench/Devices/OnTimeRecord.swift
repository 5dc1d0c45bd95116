import Fleet
import Foundation
import TwinCore
import TwinRuntime

/// When each pump of a benchmark's devices was on, and what it had been told, by the shared clock.
///
/// Read from the messages themselves: what the device makes of a duration is what is to be judged. Used on the loop
/// only.
final class OnTimeRecord: @unchecked Sendable {
    /// One thing that happened to a pump.
    struct Entry: Codable, Sendable, Equatable {
        enum Kind: String, Codable, Sendable {
            /// An ON arrived at a device that takes commands.
            case told
            case on, off
        }

        var kind: Kind
        var device: String
        var gpio: Int
        /// Nanoseconds of the shared clock.
        var at: Int64
        /// How long the pump was told to be on, in seconds; 0 for no end.
        ///
        /// Only with `told`.
        var seconds: Int64?
        /// The command's id.
        ///
        /// Only with `told`.
        var command: String?
    }

    /// The members of a command that matter.
    private struct Told: Decodable {
        var command: String
        var duration: Int64?
        var correlation_id: String?
    }

    private var entries: [Entry] = []

    /// Watches devices that are not started yet.
    func watch(_ devices: BenchDevices) {
        for device in devices.devices {
            let id = device.device.clientID
            device.watch.received = { [self, unowned device] topic, payload in
                // What refuses every command takes no lease from one.
                guard device.device.isRegistered, !device.device.isEmergencyStopped else { return }
                note(id, topic, payload)
            }
        }
        devices.onEdge = { [self] device, pump, isOn, at in
            entries.append(
                Entry(
                    kind: isOn ? .on : .off, device: BenchDevices.name(device),
                    gpio: Int(BenchDevices.pins[pump].number), at: at))
        }
    }

    /// Writes everything so far.
    func write(to path: String) throws {
        try JSONEncoder().encode(entries).write(to: URL(fileURLWithPath: path), options: .atomic)
    }

    private func note(_ device: String, _ topic: String, _ payload: [UInt8]) {
        let levels = topic.split(separator: "/")
        guard levels.count == 7, levels[4] == "actuator", levels[6] == "command", let gpio = Int(levels[5]),
            let told = try? JSONDecoder().decode(Told.self, from: Data(payload)), told.command != "OFF"
        else { return }
        entries.append(
            Entry(
                kind: .told, device: device, gpio: gpio, at: BenchClock.now, seconds: told.duration ?? 0,
                command: told.correlation_id))
    }
}
