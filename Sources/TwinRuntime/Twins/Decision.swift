package import TwinCore

/// What came of one message, order or tick, already taken into the twins.
package struct Decision: Sendable {
    /// What happened, in order.
    package var facts: [Fact] = []
    /// What is asked for, in order.
    package var requests: [Request] = []
    /// The current record of each command that a fact concerns.
    package var commands: [CommandRecord] = []
    /// Outputs of other twins that are to be driven off with this.
    package var closes: [ActuatorDecision.Closing] = []

    /// What the twin did that no twin may do; that part of the decision was dropped, but for what de-energises.
    package var failure: TwinFailure?

    mutating func append(_ other: Decision) {
        failure = failure ?? other.failure
        closes.append(contentsOf: other.closes)
        facts.append(contentsOf: other.facts)
        requests.append(contentsOf: other.requests)
        commands.append(contentsOf: other.commands)
    }
}

/// What every twin is told about its surroundings.
package struct Surroundings: Sendable {
    /// What is known of kinds.
    package var catalogue: Catalogue
    /// Whether the journal takes facts.
    package var isJournalTakingFacts: Bool
    /// Whether the control connection stands.
    package var isBrokerConnected: Bool
    /// Who commands the site in this runtime's place; `nil` while it is this one.
    package var fencedBy: String?
    /// Where the other twins are found.
    var directory: TwinDirectory
    /// The site's emergency stops.
    package var latch: Latch
    /// The secret that broadcasts carry.
    package var broadcastToken: EmergencyToken?
    /// After this span without a word a device is offline, in milliseconds.
    package var silenceMilliseconds: Int64
    /// Whether devices are told what their raw values were processed to.
    package var tellsProcessed: Bool
}
