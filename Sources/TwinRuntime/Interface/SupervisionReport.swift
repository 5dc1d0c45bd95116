/// The supervisor tree as it stands.
public struct SupervisionReport: Sendable {
    /// One node.
    public struct Node: Sendable {
        /// Its name, unique among its siblings.
        public var name: String
        /// What it is doing: starting, running, waiting (to restart), stopping, stopped, ended (in order), failed.
        public var state: String
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
        /// Its children, in start order.
        public var children: [Node]

        /// Puts a node together.
        public init(
            name: String, state: String, sinceUptimeMilliseconds: Int64, restarts: Int, lastFailure: String?,
            health: String, backlog: Int, oldestBacklogMilliseconds: Int64, intensity: Int, periodMilliseconds: Int64,
            children: [Node]
        ) {
            self.name = name
            self.state = state
            self.sinceUptimeMilliseconds = sinceUptimeMilliseconds
            self.restarts = restarts
            self.lastFailure = lastFailure
            self.health = health
            self.backlog = backlog
            self.oldestBacklogMilliseconds = oldestBacklogMilliseconds
            self.intensity = intensity
            self.periodMilliseconds = periodMilliseconds
            self.children = children
        }
    }

    /// The root.
    public var root: Node

    /// Wraps the root.
    public init(root: Node) { self.root = root }
}
