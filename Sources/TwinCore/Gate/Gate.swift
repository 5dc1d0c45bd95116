/// The one place that decides whether an actuator may be energised, and stay so.
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
        /// How dangerous outputs are confirmed.
        public let confirmation: Confirmation
        /// The command whose lease it prolongs; `nil` for a new one.
        public let renews: CommandID?

        /// Puts an order together.
        public init(
            id: CommandID, drive: Drive, durationSeconds: Int?, issuedBy: String, timeToLiveMilliseconds: Int64,
            confirmation: Confirmation = Confirmation(), renews: CommandID? = nil
        ) {
            self.id = id
            self.drive = drive
            self.durationSeconds = durationSeconds
            self.issuedBy = issuedBy
            self.timeToLiveMilliseconds = timeToLiveMilliseconds
            self.confirmation = confirmation
            self.renews = renews
        }
    }

    /// What an operator did beyond asking.
    public struct Confirmation: Sendable, Equatable {
        /// The revision of the output that he saw.
        public var seenRevision: UInt64?
        /// Whether another person asked for the same shortly before, and this order says so.
        public var isSeconded = false
        /// Whether the order only repeats one that was cleared before.
        public var isRepetition = false

        /// Puts a confirmation together.
        public init(seenRevision: UInt64? = nil, isSeconded: Bool = false, isRepetition: Bool = false) {
            self.seenRevision = seenRevision
            self.isSeconded = isSeconded
            self.isRepetition = isRepetition
        }
    }

    /// What the gate knows of the actuator.
    public struct Subject: Sendable, Equatable {
        /// Where the actuator's device is reached.
        public var address: DeviceAddress
        /// The pin.
        public var gpio: GPIO
        /// What kind of actuator it is.
        public var kind: ActuatorKind
        /// When it was on.
        public var duty = Duty()
        /// Whether it was shown off since it last started, so that the next command may be another start.
        public var mayHaveGoneOff = false
        /// Whether an OFF is under way and unconfirmed.
        public var isBeingDrivenOff = false
        /// The level that was let pass last, and since when; `nil` while it is off.
        public var driven: ActuatorState.Driven?
        /// The lease that it has.
        public var lease: ActuatorState.Lease?
        /// The tag that hangs on it.
        public var lockout: Lockout?
        /// How often what an operator sees of it has changed.
        public var revision: UInt64 = 0

        /// Puts a subject together.
        public init(address: DeviceAddress, gpio: GPIO, kind: ActuatorKind) {
            self.address = address
            self.gpio = gpio
            self.kind = kind
        }
    }

    /// What the rest of the twin tree contributes to a verdict.
    public struct Circumstances: Sendable, Equatable {
        /// Where the device stands.
        public var deviceStatus: DeviceStatus
        /// Whether an emergency stop holds the output, here or on the device itself.
        public var isLatched: Bool
        /// Whether the journal takes facts; without it nothing may be energised.
        public var isJournalTakingFacts: Bool
        /// Whether the control connection to the broker stands.
        public var isBrokerConnected: Bool
        /// Who commands the site in this runtime's place; `nil` while it is this one.
        public var fencedBy: String?
        /// Why the device's twin takes no part; `nil` while it does.
        public var quarantine: String?
        /// What the rest of the site shows.
        public var neighbourhood: Neighbourhood

        /// Puts circumstances together.
        public init(
            deviceStatus: DeviceStatus, isLatched: Bool, isJournalTakingFacts: Bool, isBrokerConnected: Bool,
            fencedBy: String? = nil, quarantine: String? = nil, neighbourhood: Neighbourhood = Neighbourhood()
        ) {
            self.deviceStatus = deviceStatus
            self.isLatched = isLatched
            self.isJournalTakingFacts = isJournalTakingFacts
            self.isBrokerConnected = isBrokerConnected
            self.fencedBy = fencedBy
            self.quarantine = quarantine
            self.neighbourhood = neighbourhood
        }
    }

    /// The gate's answer.
    public enum Verdict: Sendable, Equatable {
        case cleared(ClearedCommand, [Evaluation])
        case refused(Evaluation, [Evaluation])
    }

    /// Judges an order by every limit that there is.
    static func evaluate(
        _ order: Order, _ subject: Subject, _ circumstances: Circumstances, at moment: Moment
    ) -> [Evaluation] {
        general(circumstances) + confirmation(order, subject, at: moment) + level(order, subject, at: moment)
            + times(order, subject, at: moment) + standing(subject, circumstances, isOrder: true, at: moment)
            + shares(subject, circumstances)
    }

    static func leaseSeconds(for order: Order, _ limits: ActuatorLimits) -> Int {
        order.durationSeconds ?? limits.defaultLeaseSeconds
    }

    /// The limits that ask for nothing but the state of the runtime and the device.
    private static func general(_ circumstances: Circumstances) -> [Evaluation] {
        let status = circumstances.deviceStatus
        return [
            Evaluation(
                .latch, bound: "no emergency stop", actual: circumstances.isLatched ? "stopped" : "none",
                isKept: !circumstances.isLatched),
            Evaluation(
                .epoch, bound: "this Doppel commands the site", actual: circumstances.fencedBy ?? "it does",
                isKept: circumstances.fencedBy == nil),
            Evaluation(
                .quarantine, bound: "the twin works", actual: circumstances.quarantine ?? "it does",
                isKept: circumstances.quarantine == nil),
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
        ]
    }
}
