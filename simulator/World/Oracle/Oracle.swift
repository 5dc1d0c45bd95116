import Fleet
import KaiserProtocol
import TwinCore
import TwinRuntime

/// Watches the world from outside, and notes every broken promise.
///
/// It knows what left the runtime, what the broker saw acknowledged, what the disk holds and what the outputs really
/// do; it never asks the runtime what it thinks, and has limits and a model of the outputs of its own.
final class Oracle: @unchecked Sendable {
    /// How many violations are kept.
    static let maximumViolations = 20

    let disk: SimulatedDisk
    /// The disks of older instances that ran on beside a newer one.
    var olderDisks: [SimulatedDisk] = []
    let rules: OracleRules
    private(set) var violations: [Violation] = []
    var energisings = 0
    /// A digest of everything that left the runtime, and when: equal for equal runs.
    private(set) var trace: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var devices: [DeviceRecord] = []
    /// Which run is the newest.
    var newestRun = 0
    /// Which run goes on beside a newer one, on a disk of its own; `nil` when none does.
    var lingeringRun: Int?
    /// When the current run of the runtime began.
    var runBegunAt: Int64 = 0
    /// Since when the runtime hears what devices say: it is connected, and its disk takes what it hears.
    var hearingSince: () -> Int64? = { 0 }
    /// Since when readings are held at the broker, `nil` while they are not, and when they were let in last.
    var telemetry: () -> (heldSince: Int64?, letInSince: Int64) = { (nil, 0) }
    /// Since when nothing has come between the runtime and a device, by its place; `nil` while something does.
    var undisturbedSince: (Int) -> Int64? = { _ in 0 }
    /// The stops that hold, as far as callers were told that they are durable.
    var stops: [StopSeen] = []
    /// Since when no emergency stop holds anything, as far as a caller was told that it is durable; `nil` when one may.
    var nothingHeldSince: Int64?
    /// Who may hear from a stop that is being ordered now; `nil` while none is.
    var stopping: StopScope?
    /// Samples that reached the broker, with their payloads.
    var arrived: [UInt64: [UInt8]] = [:]
    /// Since when interlocks and budgets are broken, by what they say.
    var brokenSince: [String: Int64] = [:]
    /// What each run claims and has been told of claims.
    var standings: [Int: ClaimStanding] = [:]
    /// Who is told what happens, to follow a failing seed.
    var tell: (@Sendable (String) -> Void)?

    init(_ disk: SimulatedDisk, _ rules: OracleRules = .today) {
        self.disk = disk
        self.rules = rules
    }

    /// Tells what happens.
    func note(_ text: @autoclosure () -> String, at time: Int64) {
        tell?("\(time) ms: \(text())")
    }

    func violate(_ promise: Promise, _ text: @autoclosure () -> String, at time: Int64) {
        guard violations.count < Self.maximumViolations else { return }
        violations.append(Violation(promise: promise, atMilliseconds: time, text: text()))
    }

    /// What is known of a device; it is made known by being asked for.
    func record(_ id: DeviceID) -> DeviceRecord {
        if let known = devices.first(where: { $0.id == id }) { return known }
        let record = DeviceRecord(id, place: devices.count)
        devices.append(record)
        return record
    }

    /// Takes what left the runtime into the digest, eight bytes at a time.
    func mix(_ publication: Publication, at time: Int64) {
        var word: UInt64 = 0
        var count = 0
        func add(_ byte: UInt8) {
            word = word << 8 | UInt64(byte)
            count += 1
            if count & 7 == 0 { trace = (trace ^ word) &* 0x100_0000_01B3 }
        }
        for byte in publication.topic.utf8 { add(byte) }
        for byte in publication.payload { add(byte) }
        trace = (trace ^ word ^ UInt64(count)) &* 0x100_0000_01B3
        trace = (trace ^ UInt64(bitPattern: time)) &* 0x100_0000_01B3
    }
}
