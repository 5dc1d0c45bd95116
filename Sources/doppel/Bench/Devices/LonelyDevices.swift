import EventLoop
import Fleet
import TwinRuntime

/// Devices of a benchmark without a server: what one would tell them before a stop, they are told here.
///
/// Used on the loop only.
final class LonelyDevices: @unchecked Sendable {
    /// How long pumps are switched on for, in seconds.
    private static let onSeconds = 600
    /// What the firmware waits before it takes a clearing, and before it takes a command after that, with some more, in
    /// milliseconds.
    private static let clearMilliseconds = Firmware.clearRefusalMilliseconds + 500
    private static let settleMilliseconds = Firmware.recoverySettleMilliseconds + 500

    private let loop: EventLoop
    private let devices: [FleetDevice]

    init(_ devices: BenchDevices, on loop: EventLoop) {
        self.loop = loop
        self.devices = devices.devices
    }

    /// Lets every device take part that has connected and was not told so yet.
    ///
    /// A device without an acknowledgement for two minutes gives its server up, so this goes on.
    func admit() {
        for device in devices where device.device.isConnected && !device.device.isRegistered { acknowledge(device) }
        _ = loop.schedule(afterMilliseconds: 100) { self.admit() }
    }

    /// Clears what stops them, and switches every pump on.
    func prime() {
        for device in devices { acknowledge(device) }
        guard devices.contains(where: { $0.device.isEmergencyStopped }) else { return switchOn() }
        _ = loop.schedule(afterMilliseconds: Self.clearMilliseconds) {
            for device in self.devices { self.tell(device, "actuator/emergency", #"{"command":"clear_emergency"}"#) }
            _ = self.loop.schedule(afterMilliseconds: Self.settleMilliseconds) { self.switchOn() }
        }
    }

    private func acknowledge(_ device: FleetDevice) {
        tell(
            device, "system/heartbeat/ack",
            #"{"status":"online","handover_epoch":\#(device.device.handoverEpoch)}"#)
    }

    private func switchOn() {
        for device in devices {
            for output in device.device.outputs {
                tell(
                    device, "actuator/\(output.gpio)/command",
                    #"{"command":"ON","value":1.0,"duration":\#(Self.onSeconds),"correlation_id":"bench"}"#)
            }
        }
    }

    private func tell(_ device: FleetDevice, _ topic: String, _ payload: String) {
        device.hear(topic: "kaiser/god/esp/\(device.device.clientID)/\(topic)", payload: Array(payload.utf8))
    }
}
