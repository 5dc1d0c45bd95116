/// Why a scenario cannot be made into devices: everything that is wrong with it, not only the first.
public struct ScenarioError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One member that is wrong.
    public struct Problem: Sendable, Equatable {
        /// Which member, such as `devices[2].sensors[0].gpio`.
        public let member: String
        /// What is wrong and what would be right.
        public let explanation: String
    }

    /// What is wrong, in the order of the scenario; never empty.
    public let problems: [Problem]

    /// One line for each problem.
    public var description: String {
        problems.map { "\($0.member): \($0.explanation)" }.joined(separator: "\n")
    }
}
