extension Gate {
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

    /// The limits, in the order in which they are judged; those that a kind or a site does not declare are left out.
    public enum Limit: String, Sendable, Codable, CaseIterable {
        /// No emergency stop may hold the output.
        case latch
        /// No younger Doppel may command the site.
        case epoch
        /// The device's twin must work.
        case quarantine
        /// The device must be approved.
        case approved
        /// The device must be online.
        case online
        /// The command must become durable before it leaves.
        case journal
        /// The broker must be there to take it.
        case broker
        /// A dangerous output asks for the revision that the operator saw.
        case confirmation
        /// A very dangerous output asks for a second person.
        case secondPerson = "second_person"
        /// Only who has the lease may prolong it.
        case leaseOwner = "lease_owner"
        /// The level must be one that the kind allows.
        case range
        /// The level must be a multiple of the kind's step.
        case resolution
        /// The level must not change faster than the kind allows.
        case slew
        /// The uninterrupted on-time must stay within the kind's longest.
        case maxOnTime = "max_on_time"
        /// A lease must be at least as long as the kind's shortest on-time.
        case minOnTime = "min_on_time"
        /// A dangerous output that its device does not end by itself gets short leases.
        case countedByDevice = "counted_by_device"
        /// The output must have rested.
        case minOffTime = "min_off_time"
        /// The output must not be started too often.
        case startsPerHour = "starts_per_hour"
        /// The output must cool down after so much on-time.
        case coolDown = "cool_down"
        /// An OFF that is under way must have been confirmed.
        case safeState = "safe_state"
        /// No tag of somebody who works on it may hang on the output.
        case lockout
        /// Sensors must show what the kind asks for.
        case sensorGuard = "sensor_guard"
        /// Other outputs must stand as the site's rules ask for.
        case interlock
        /// The output must fit into the site's budgets.
        case budget
        /// A TOGGLE needs to know what the output does now.
        case knownState = "known_state"
    }
}
