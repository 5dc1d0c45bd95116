/// The supervisor tree as it stands.
public struct SupervisionReport: Sendable {
    /// One node.
    public struct Node: Sendable {
        /// Its name, unique among its siblings.
        public var name: String
        /// Its names from the root down, such as `root/gateway`.
        public var path: String
        /// What it is doing: starting, running, degraded and failing (it runs, and does not do all it is for), waiting
        /// (to restart), stopping, stopped, ended (in order), failed (not restarted any more).
        public var state: String
        /// Whether it does what it is for; as bad as the worst of its children.
        public var condition: PartCondition
        /// Since when, in milliseconds of uptime.
        public var sinceUptimeMilliseconds: Int64
        /// How often it was restarted.
        public var restarts: Int
        /// Why it last ended.
        public var lastFailure: String?
        /// What it says of itself, such as "connected" or "commits fail: disk full".
        public var health: String
        /// How much work waits for it.
        public var backlog: Int
        /// How old the oldest waiting work is, in milliseconds.
        public var oldestBacklogMilliseconds: Int64
        /// How many restarts are allowed.
        public var intensity: Int
        /// Within how many milliseconds.
        public var periodMilliseconds: Int64
        /// How the breaker stands that guards its outside service; `nil` where there is none.
        public var breaker: Breaker.State?
        /// Its children, in start order.
        public var children: [Node]

        /// Puts a node together.
        public init(
            name: String, path: String, state: String, condition: PartCondition, sinceUptimeMilliseconds: Int64,
            restarts: Int, lastFailure: String?, health: String, backlog: Int, oldestBacklogMilliseconds: Int64,
            intensity: Int, periodMilliseconds: Int64, breaker: Breaker.State?, children: [Node]
        ) {
            self.name = name
            self.path = path
            self.state = state
            self.condition = condition
            self.sinceUptimeMilliseconds = sinceUptimeMilliseconds
            self.restarts = restarts
            self.lastFailure = lastFailure
            self.health = health
            self.backlog = backlog
            self.oldestBacklogMilliseconds = oldestBacklogMilliseconds
            self.intensity = intensity
            self.periodMilliseconds = periodMilliseconds
            self.breaker = breaker
            self.children = children
        }
    }

    /// The root.
    public var root: Node

    /// Wraps the root.
    public init(root: Node) { self.root = root }
}
