import Fleet
import KaiserProtocol
import TwinCore
import TwinRuntime

/// Watches the world from outside, and notes every broken promise.
///
/// It knows what left the runtime, what the broker saw acknowledged, what the disk holds and what the outputs really
/// do; it never asks the runtime what it thinks.
final class Checker: @unchecked Sendable {
    /// How long an output may outlive a lease that its device counts too, in milliseconds: the way there and the
    /// command's own time to live.
    static let countedGraceMilliseconds: Int64 = 6_000
    /// The same for a lease that only the runtime counts (dimmed outputs), in milliseconds, while nothing comes
    /// between it and the device.
    static let uncountedGraceMilliseconds: Int64 = 15_000
    /// The same while something does, in milliseconds: a device waits 120 s for a server that does not answer.
    static let unreachableGraceMilliseconds: Int64 = 180_000
    /// Within this span of undisturbed connections a stop must have shown effect, in milliseconds.
    static let stopMilliseconds: Int64 = 15_000

    private struct Output: Hashable {
        let device: DeviceID
        let gpio: GPIO
    }

    private struct Permission {
        /// When the latest lease ends.
        let until: Int64
        /// When the longest lease ends that the device may have heard of.
        let longestUntil: Int64
        let isCountedByDevice: Bool
    }

    private let disk: SimulatedDisk
    private(set) var violations: [String] = []
    private(set) var energisings = 0
    private(set) var acknowledgedSamples = 0
    /// A digest of everything that left the runtime, and when: equal for equal runs.
    private(set) var trace: UInt64 = 0xCBF2_9CE4_8422_2325
    private var permissions: [Output: Permission] = [:]
    /// Outputs that were dimmed, and until when, and were not seen off after that: their devices do not count.
    private var dimmedUntil: [Output: Int64] = [:]
    private var arrived: Set<UInt64> = []
    private var arrivedPayloads: [UInt64: [UInt8]] = [:]
    /// When an OFF last left for an output.
    private var lastOff: [Output: Int64] = [:]
    /// When the current run of the runtime began.
    var runBegunAt: Int64 = 0
    /// Stops whose caller was told that they are durable, by device.
    private(set) var stoppedSince: [DeviceID: Int64] = [:]
    /// Since when nothing has come between the runtime and a device; `nil` while something does.
    var undisturbedSince: (DeviceID) -> Int64? = { _ in nil }

    init(_ disk: SimulatedDisk) { self.disk = disk }

    /// Who is told what happens, to follow a failing seed.
    var tell: (@Sendable (String) -> Void)?

    /// Tells what happens.
    func note(_ text: @autoclosure () -> String, at time: Int64) {
        tell?("\(time) ms: \(text())")
    }

    /// How many violations are kept.
    static let maximumViolations = 20

    func violate(_ promise: String, at time: Int64) {
        guard violations.count < Self.maximumViolations else { return }
        violations.append("at \(time) ms: \(promise)")
    }

    // MARK: What leaves the runtime

    func runtimePublished(_ publication: Publication, at time: Int64) {
        mix(publication.topic.utf8, time)
        mix(publication.payload, time)
        note("runtime -> \(publication.topic) \(String(decoding: publication.payload, as: UTF8.self))", at: time)
        guard let command = CommandSeen(publication) else { return }
        let output = Output(device: command.device, gpio: command.gpio)
        guard command.energises else {
            lastOff[output] = time
            return
        }
        energisings += 1
        if let accepted = disk.acceptedCommands[CommandID(command.id)] {
            if let off = lastOff[output], off > runBegunAt + accepted.milliseconds {
                violate("command \(command.id) energised \(command.device) after a later OFF had left", at: time)
            }
        } else {
            violate("command \(command.id) energised \(command.device) before its cause was durable", at: time)
        }
        if publication.isRetained { violate("command \(command.id) was retained", at: time) }
        if publication.expirySeconds == nil { violate("command \(command.id) never expires", at: time) }
        if stoppedSince[command.device] != nil {
            violate("command \(command.id) energised \(command.device) while it was stopped", at: time)
        }
        let until = time + Int64(command.durationSeconds) * 1000
        if !command.isCountedByDevice { dimmedUntil[output] = until }
        permissions[output] = Permission(
            until: until, longestUntil: max(until, permissions[output]?.longestUntil ?? until),
            isCountedByDevice: dimmedUntil[output] == nil)
    }

    private func mix(_ bytes: some Sequence<UInt8>, _ time: Int64) {
        for byte in bytes { trace = (trace ^ UInt64(byte)) &* 0x100_0000_01B3 }
        trace = (trace ^ UInt64(bitPattern: time)) &* 0x100_0000_01B3
    }

    // MARK: What the outputs do

    func look(at device: SimulatedDevice, at time: Int64) {
        let id = device.specification.id
        for output in device.outputs where !output.isOn {
            let key = Output(device: id, gpio: output.gpio)
            if let until = dimmedUntil[key], time > until + Self.countedGraceMilliseconds { dimmedUntil[key] = nil }
        }
        for output in device.outputs where output.isOn {
            guard let permission = permissions[Output(device: id, gpio: output.gpio)] else {
                violate("\(id) gpio \(output.gpio) is on and nobody ever energised it", at: time)
                continue
            }
            if time > limit(of: permission, id) {
                violate(
                    "\(id) gpio \(output.gpio) is on \(time - permission.until) ms after its lease ended", at: time)
            }
            if let stopped = stoppedSince[id], let undisturbed = undisturbedSince(id),
                time > max(stopped, undisturbed) + Self.stopMilliseconds
            {
                violate("\(id) gpio \(output.gpio) is on \(time - stopped) ms after a stop", at: time)
            }
        }
    }

    private func limit(of permission: Permission, _ device: DeviceID) -> Int64 {
        guard let undisturbed = undisturbedSince(device) else {
            return permission.longestUntil
                + (permission.isCountedByDevice ? Self.countedGraceMilliseconds : Self.unreachableGraceMilliseconds)
        }
        if permission.isCountedByDevice, permission.until == permission.longestUntil {
            return permission.until + Self.countedGraceMilliseconds
        }
        return max(permission.until, undisturbed) + Self.uncountedGraceMilliseconds
    }

    // MARK: Stops

    func stopped(_ device: DeviceID, at time: Int64) { stoppedSince[device] = stoppedSince[device] ?? time }

    /// What each device is to be, as far as a caller was told that it is durable.
    private var wishes: [DeviceID: Desired] = [:]

    /// What was wished since, and may have become durable although the answer was lost with the run.
    private var asked: [DeviceID: [Desired]] = [:]

    func asks(_ wish: Desired, of device: DeviceID) { asked[device, default: []].append(wish) }

    func wished(_ wish: Desired, of device: DeviceID) {
        wishes[device] = wish
        if let place = asked[device]?.lastIndex(of: wish) { asked[device]?.removeSubrange(...place) }
    }

    /// Whether a twin's wish is the one that was promised to be kept, or a later one.
    func isKept(_ wish: Desired, of device: DeviceID) -> Bool {
        wishes[device].map { $0 == wish } ?? true || asked[device]?.contains(wish) == true
    }

    func released() { stoppedSince.removeAll() }

    // MARK: Samples

    func published(_ message: SimulatedMessage) {
        guard let digest = Self.digest(of: message) else { return }
        arrived.insert(digest)
        arrivedPayloads[digest] = message.payload
    }

    func acknowledged(_ message: SimulatedMessage, at time: Int64) {
        guard message.qos > 0, let digest = Self.digest(of: message) else { return }
        acknowledgedSamples += 1
        if !isKept(digest) { violate("an acknowledged sample is not durable: \(message.topic)", at: time) }
    }

    /// At the end, when nothing is under way: every sample that reached the broker is kept, once.
    func checkEverythingArrived(at time: Int64) {
        let lost = arrived.count { !isKept($0) }
        if lost > 0 { violate("\(lost) of \(arrived.count) samples were lost", at: time) }
        if disk.duplicateSamples > 0 { violate("\(disk.duplicateSamples) samples were committed twice", at: time) }
    }

    private func isKept(_ digest: UInt64) -> Bool {
        if disk.digests.contains(digest) { return true }
        guard let payload = arrivedPayloads[digest] else { return false }
        return disk.refusedPayloads.contains(payload)
    }

    private static func digest(of message: SimulatedMessage) -> UInt64? {
        guard message.qos > 0, message.topic.hasSuffix("/data") else { return nil }
        let topic = Array(message.topic.utf8)
        let decoded = try? KaiserDecoder.decode(topic: topic.span, payload: message.payload.span, isRetained: false)
        guard case .report(let report) = decoded, case .sensor(let sensor) = report.message else { return nil }
        return sensor.digest
    }
}
