import TwinCore

/// How long outputs took to be seen stopped, for each emergency stop of this run.
struct StopTimings: Sendable {
    /// The most emergency stops that are kept.
    static let maximumIncidents = 32

    /// When each stop began, oldest first.
    private(set) var begun: [(id: IncidentID, at: Uptime)] = []
    private var seen: [IncidentID: [OutputAddress: Int64]] = [:]

    /// An emergency stop began; again under the same name, it goes on.
    mutating func begin(_ id: IncidentID, at uptime: Uptime) {
        guard seen[id] == nil else { return }
        begun.append((id, uptime))
        seen[id] = [:]
        if begun.count > Self.maximumIncidents { seen[begun.removeFirst().id] = nil }
    }

    /// An output was seen off.
    mutating func note(_ output: OutputAddress, at uptime: Uptime) {
        for (id, start) in begun where seen[id]?[output] == nil {
            seen[id]?[output] = uptime.milliseconds(since: start)
        }
    }

    /// After how many milliseconds an output was seen off; `nil` when it was not, or in another run.
    func milliseconds(_ id: IncidentID, _ output: OutputAddress) -> Int64? { seen[id]?[output] }
}
