/// The one place that decides whether an actuator may be energised.
///
/// Every caller (interface, later rules, schedules, desired state) comes through here. De-energising does not: see
/// ``Gate/deenergise(_:at:id:issuedBy:issuedAt:)``, which cannot refuse.
public enum Gate {
    /// What is asked of the gate.
    public struct Order: Sendable, Equatable {
        /// The command's id.
        public let id: CommandID
        /// What the output is to do.
        public let drive: Drive
        /// How long, in seconds; `nil` for the kind's default lease.
        public let durationSeconds: Int?
        /// Who asks.
        public let issuedBy: String
        /// How long the command may be under way, in milliseconds.
        public let timeToLiveMilliseconds: Int64

        /// Puts an order together.
        public init(
            id: CommandID, drive: Drive, durationSeconds: Int?, issuedBy: String, timeToLiveMilliseconds: Int64
        ) {
            self.id = id
            self.drive = drive
            self.durationSeconds = durationSeconds
            self.issuedBy = issuedBy
            self.timeToLiveMilliseconds = timeToLiveMilliseconds
        }
    }

    /// What the gate knows of the actuator.
    public struct Subject: Sendable, Equatable {
        /// Where the actuator's device is reached.
        public let address: DeviceAddress
        /// The pin.
        public let gpio: GPIO
        /// What kind of actuator it is.
        public let kind: ActuatorKind
        /// When it was last seen to be off after having been on; `nil` when never in this run.
        public let lastOff: Uptime?
        /// Whether an OFF is under way and unconfirmed.
        public let isBeingDrivenOff: Bool

        /// Puts a subject together.
        public init(
            address: DeviceAddress, gpio: GPIO, kind: ActuatorKind, lastOff: Uptime?, isBeingDrivenOff: Bool
        ) {
            self.address = address
            self.gpio = gpio
            self.kind = kind
            self.lastOff = lastOff
            self.isBeingDrivenOff = isBeingDrivenOff
        }
    }

    /// What the rest of the twin tree contributes to a verdict.
    public struct Circumstances: Sendable, Equatable {
        /// Where the device stands.
        public var deviceStatus: DeviceStatus
        /// Whether an emergency stop holds the device, here or on the device itself.
        public var isLatched: Bool
        /// Whether the journal takes facts; without it nothing may be energised.
        public var isJournalTakingFacts: Bool
        /// Whether the control connection to the broker stands.
        public var isBrokerConnected: Bool

        /// Puts circumstances together.
        public init(
            deviceStatus: DeviceStatus, isLatched: Bool, isJournalTakingFacts: Bool, isBrokerConnected: Bool
        ) {
            self.deviceStatus = deviceStatus
            self.isLatched = isLatched
            self.isJournalTakingFacts = isJournalTakingFacts
            self.isBrokerConnected = isBrokerConnected
        }
    }

    /// The gate's answer.
    public enum Verdict: Sendable, Equatable {
        case cleared(ClearedCommand, [Evaluation])
        case refused(Evaluation, [Evaluation])
    }

    /// How one limit judged one order; kept with the command, so that it can answer *why*.
    public struct Evaluation: Sendable, Equatable, Codable {
        /// Which limit.
        public let limit: Limit
        /// What the limit asks for, in words and units.
        public let bound: String
        /// What it found.
        public let actual: String
        /// Whether the order keeps the limit.
        public let isKept: Bool
        /// When asking again may succeed, in milliseconds from now, where the limit knows.
        public let retryAfterMilliseconds: Int64?

        /// Puts an evaluation together.
        public init(
            _ limit: Limit, bound: String, actual: String, isKept: Bool, retryAfterMilliseconds: Int64? = nil
        ) {
            self.limit = limit
            self.bound = bound
            self.actual = actual
            self.isKept = isKept
            self.retryAfterMilliseconds = retryAfterMilliseconds
        }
    }

    /// The limits, in the order in which they are judged.
    public enum Limit: String, Sendable, Codable, CaseIterable {
        /// No emergency stop may hold the device.
        case latch
        /// The device must be approved.
        case approved
        /// The device must be online.
        case online
        /// The command must become durable before it leaves.
        case journal
        /// The broker must be there to take it.
        case broker
        /// The level must be 0 to 1, and the kind must understand the drive.
        case range
        /// A lease must be at least a second and at most the kind's longest on-time.
        case maxOnTime = "max_on_time"
        /// The output must have rested.
        case minOffTime = "min_off_time"
        /// An OFF that is under way must have been confirmed.
        case safeState = "safe_state"
        /// A TOGGLE needs to know what the output does now.
        case knownState = "known_state"
    }

    static func evaluate(
        _ order: Order, _ subject: Subject, _ circumstances: Circumstances, at moment: Moment
    ) -> [Evaluation] {
        let status = circumstances.deviceStatus
        let level = order.drive.level
        let seconds = leaseSeconds(for: order, kind: subject.kind)
        let restedMilliseconds = subject.lastOff.map { moment.uptime.milliseconds(since: $0) }
        let restMilliseconds = Int64(subject.kind.minOffSeconds) * 1000
        let rest = restedMilliseconds.map { max(0, restMilliseconds - $0) } ?? 0
        return [
            Evaluation(
                .latch, bound: "no emergency stop", actual: circumstances.isLatched ? "stopped" : "none",
                isKept: !circumstances.isLatched),
            Evaluation(
                .approved, bound: "approved", actual: status.rawValue,
                isKept: status != .pendingApproval && status != .rejected),
            Evaluation(.online, bound: "online", actual: status.rawValue, isKept: status == .online),
            Evaluation(
                .journal, bound: "journal takes facts",
                actual: circumstances.isJournalTakingFacts ? "yes" : "commits fail",
                isKept: circumstances.isJournalTakingFacts),
            Evaluation(
                .broker, bound: "broker connected", actual: circumstances.isBrokerConnected ? "yes" : "no",
                isKept: circumstances.isBrokerConnected),
            Evaluation(
                .range, bound: "0 < level <= 1", actual: "\(level)", isKept: level.isFinite && level > 0 && level <= 1),
            Evaluation(
                .maxOnTime, bound: "1 s ... \(subject.kind.maxOnSeconds) s", actual: "\(seconds) s",
                isKept: seconds >= 1 && seconds <= subject.kind.maxOnSeconds),
            Evaluation(
                .minOffTime, bound: "off for \(subject.kind.minOffSeconds) s",
                actual: restedMilliseconds.map { "off for \($0) ms" } ?? "not switched off in this run",
                isKept: rest == 0, retryAfterMilliseconds: rest == 0 ? nil : rest),
            Evaluation(
                .safeState, bound: "no unconfirmed OFF",
                actual: subject.isBeingDrivenOff ? "an OFF is unconfirmed" : "none", isKept: !subject.isBeingDrivenOff),
        ]
    }

    static func leaseSeconds(for order: Order, kind: ActuatorKind) -> Int {
        order.durationSeconds ?? kind.defaultLeaseSeconds
    }
}
