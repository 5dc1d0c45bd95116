public import TwinCore

/// The latch, and how far each output has been seen to obey it.
public struct StopReport: Sendable {
    /// How far one output is known to be stopped.
    public enum Standing: String, Sendable {
        /// Its device showed it off after the stop.
        case stopped
        /// Its device is online and has not shown it off.
        case unconfirmed
        /// Its device is not reachable; it is stopped before anything else when it returns.
        case offline
    }

    /// One line of the scoreboard.
    public struct Line: Sendable {
        /// The newest emergency stop that holds it; `nil` where a test does not say.
        public var incident: IncidentID?
        /// The device.
        public var device: DeviceID
        /// The output; `nil` for the device as a whole.
        public var gpio: GPIO?
        /// How far it is known to be stopped.
        public var standing: Standing
        /// What proves it, or what is awaited.
        public var evidence: String
        /// After how many milliseconds it was seen stopped; `nil` when it was not, or was in an earlier run.
        public var confirmedAfterMilliseconds: Int64?

        /// Puts a line together.
        public init(
            device: DeviceID, gpio: GPIO?, standing: Standing, evidence: String, incident: IncidentID? = nil,
            confirmedAfterMilliseconds: Int64? = nil
        ) {
            self.incident = incident
            self.confirmedAfterMilliseconds = confirmedAfterMilliseconds
            self.device = device
            self.gpio = gpio
            self.standing = standing
            self.evidence = evidence
        }
    }

    /// The most lines that are listed; ``count(_:)`` covers all.
    public static let maximumLines = 10_000

    /// The emergency stops that hold, oldest first.
    public var incidents: [Incident]
    /// Devices whose stop was released and that have not confirmed the clearing.
    public var clearing: [DeviceID]
    /// Whether the latch is durable; it holds in memory either way.
    public var isDurable: Bool
    /// Whether there is a way to the devices now; without it the stop has left for nobody since it was lost.
    public var isBrokerConnected = true
    /// The scoreboard, as far as it is listed.
    public var lines: [Line]
    /// How the outputs stand that are not listed any more.
    public var unlisted: [Standing] = []

    /// Puts a report together.
    public init(incidents: [Incident], clearing: [DeviceID], isDurable: Bool, lines: [Line]) {
        self.incidents = incidents
        self.clearing = clearing
        self.isDurable = isDurable
        self.lines = lines
    }

    /// How many outputs stand so, listed or not.
    public func count(_ standing: Standing) -> Int {
        lines.count { $0.standing == standing } + unlisted.count { $0 == standing }
    }
}
