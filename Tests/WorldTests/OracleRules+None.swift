@testable import World

extension OracleRules {
    /// A table with nothing in it but the longest lease, for tests of one judgement.
    static var none: Self {
        var rules = Self()
        rules.maximumLeaseSeconds = 60
        rules.maximumOnMilliseconds = nil
        rules.minimumOffMilliseconds = nil
        rules.maximumStartsPerHour = nil
        rules.startsPerHour = [:]
        rules.exclusivePairs = []
        rules.requirements = []
        rules.twoPersons = []
        rules.guards = []
        rules.maximumOnAtOnce = nil
        return rules
    }
}
